/** A point in time, in UTC. */
export interface Timestamp {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

/** When a log begins and how long each entry takes; nothing here knows the time. */
export interface LogClock {
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  /** Microseconds from one entry to the next. */
  readonly step: number;
}

/** 2026-01-01T00:00:00Z, and a millisecond an entry. */
export const defaultLogClock: LogClock = { start: 1_767_225_600_000_000, step: 1000 };

/** The time of an entry, counted from 0. */
export function timeOf({ start, step }: LogClock, entry: number): Timestamp {
  const total = start + step * entry;
  const seconds = Math.floor(total / 1e6);
  const days = Math.floor(seconds / secondsPerDay);
  const ofDay = seconds - days * secondsPerDay;
  return {
    ...dateOf(days),
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    microsecond: total - seconds * 1e6,
  };
}

/** Microseconds since 1970 of a text like `2019-05-06T12:34:56Z` or `2019-05-06T12:34:56.250+02:00`; undefined for others. */
export function parseLogStart(text: string): number | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const days = daysUntil(year, month, day);
  const written = dateOf(days);
  if (written.year !== year || written.month !== month || written.day !== day) return undefined;
  const offset = (found[8] === "-" ? -1 : 1) * (Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0)) * 60;
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset) > secondsPerDay) return undefined;
  const seconds = days * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
  return seconds * 1e6 + Number((found[7] ?? "").padEnd(6, "0"));
}

const units = { us: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6 } as const;

/** Microseconds of `250us`, `1ms`, `2s`, `5m`, `1h`; undefined for others. */
export function parseLogStep(text: string): number | undefined {
  const found = /^(\d{1,6})(us|ms|s|m|h)$/.exec(text);
  return found ? Number(found[1]) * units[found[2] as keyof typeof units] : undefined;
}

const secondsPerDay = 86_400;
const daysPer400Years = 146_097;

/** Days from 1970-01-01 to a date; a date that is none counts on into the next month. */
function daysUntil(year: number, month: number, day: number): number {
  // Years begin in March, so that the day that is added at times is the last one.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * daysPer400Years + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - epoch;
}

/** Days from 0000-03-01 to 1970-01-01. */
const epoch = 719_468;

function dateOf(days: number): Pick<Timestamp, "year" | "month" | "day"> {
  const all = days + epoch;
  const era = Math.floor(all / daysPer400Years);
  const ofEra = all - era * daysPer400Years;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: year + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}
