const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** Whether Go reads the text as RFC 3339 (which takes a one-digit hour and a comma too, and no leap second). */
export function isPointInTime(text: string): boolean {
  const found = shape.exec(text);
  if (!found) return false;
  const [year, month, day, hour, minute, second, zoneHour, zoneMinute] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (month! < 1 || month! > 12 || day! < 1 || day! > daysIn(year!, month!)) return false;
  return hour! < 24 && minute! < 60 && second! < 60 && zoneHour! <= 24 && zoneMinute! <= 60;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
