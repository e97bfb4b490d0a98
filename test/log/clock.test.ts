import { expect, test } from "vitest";
import { defaultLogClock, parseLogStart, parseLogStep, timeOf } from "../../compiler/log/clock.js";

const at = (text: string, entry = 0, step = 1000) => {
  const { year, month, day, hour, minute, second, microsecond } = timeOf({ start: parseLogStart(text)!, step }, entry);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${microsecond}`;
};

test.each([
  ["1970-01-01T00:00:00Z", "1970-1-1 0:0:0.0"],
  ["2019-05-06T12:34:56Z", "2019-5-6 12:34:56.0"],
  ["2019-05-06T12:34:56.25Z", "2019-5-6 12:34:56.250000"],
  ["2019-05-06T00:30:00+02:00", "2019-5-5 22:30:0.0"],
  ["2024-02-29T23:59:59.999999Z", "2024-2-29 23:59:59.999999"],
  ["2000-03-01T00:00:00Z", "2000-3-1 0:0:0.0"],
  ["1969-12-31T23:59:59Z", "1969-12-31 23:59:59.0"],
])("%s is read and written as the same time", (text, time) => expect(at(text)).toBe(time));

test("any day agrees with the calendar of the language", () => {
  for (let day = -200_000; day < 200_000; day += 37) {
    const date = new Date(day * 86_400_000);
    const { year, month, day: ofMonth } = timeOf({ start: day * 86_400e6, step: 0 }, 0);
    expect([year, month, ofMonth]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
  }
});

test("each entry is a step later, into the next year", () => {
  expect(at("2018-12-31T23:59:59.999Z", 1)).toBe("2019-1-1 0:0:0.0");
  expect(at("2018-12-31T23:59:58Z", 3, 1e6)).toBe("2019-1-1 0:0:1.0");
});

test.each([
  "2019-05-06",
  "2019-02-29T00:00:00Z",
  "2019-13-01T00:00:00Z",
  "2019-05-06T24:00:00Z",
  "2019-05-06T12:34:56",
])("%s is no point in time", (text) => expect(parseLogStart(text)).toBeUndefined());

test("a step is a number and a unit", () => {
  expect(["250us", "1ms", "2s", "1m", "1h"].map(parseLogStep)).toEqual([
    250, 1000, 2_000_000, 60_000_000, 3_600_000_000,
  ]);
  expect(["5", "1.5ms", "-1s", "1d"].map(parseLogStep)).toEqual([undefined, undefined, undefined, undefined]);
});

test("the default is the beginning of 2026", () => {
  expect(parseLogStart("2026-01-01T00:00:00Z")).toBe(defaultLogClock.start);
});
