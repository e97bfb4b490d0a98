import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  allTraffic,
  holdsTraffic,
  intersectTraffic,
  noTraffic,
  portsOf,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
} from "../../compiler/simulate/traffic.js";

const port = fc.constantFrom(0, 1, 2, 3, 80, 81, 65534, 65535);
const interval = fc.tuple(fc.constantFrom(...protocols), port, port);
const traffic = fc.array(interval, { maxLength: 8 }).map((intervals) =>
  intervals.reduce<Traffic>((all, [protocol, a, b]) => {
    return unionTraffic(all, trafficOf(protocol, Math.min(a, b), Math.max(a, b)));
  }, noTraffic),
);

describe("sets of traffic", () => {
  test("union, intersection and difference hold what they should, place by place", () => {
    fc.assert(
      fc.property(traffic, traffic, fc.constantFrom(...protocols), port, (a, b, protocol, at) => {
        const has = (set: Traffic): boolean => holdsTraffic(set, protocol, at);
        expect(has(unionTraffic(a, b))).toBe(has(a) || has(b));
        expect(has(intersectTraffic(a, b))).toBe(has(a) && has(b));
        expect(has(subtractTraffic(a, b))).toBe(has(a) && !has(b));
      }),
      { numRuns: 2000 },
    );
  });

  test("equal sets are equal arrays, and the whole and the empty one are always the same object", () => {
    fc.assert(
      fc.property(traffic, traffic, (a, b) => {
        expect(unionTraffic(a, b)).toEqual(unionTraffic(b, a));
        expect(unionTraffic(subtractTraffic(a, b), intersectTraffic(a, b))).toEqual(a);
        expect(unionTraffic(a, subtractTraffic(allTraffic, a))).toBe(allTraffic);
        expect(subtractTraffic(intersectTraffic(a, b), a)).toBe(noTraffic);
      }),
      { numRuns: 2000 },
    );
  });

  test("ports come back by protocol, touching intervals joined", () => {
    const some = unionTraffic(trafficOf("tcp", 80, 89), unionTraffic(trafficOf("tcp", 90, 99), trafficOf("other")));
    expect(portsOf(some, "tcp")).toEqual([{ first: 80, last: 99 }]);
    expect(portsOf(some, "udp")).toEqual([]);
    expect(portsOf(some, "other")).toHaveLength(1);
    expect(portsOf(allTraffic, "sctp")).toEqual([{ first: 0, last: 65535 }]);
  });
});
