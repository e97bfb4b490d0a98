import { describe, expect, test } from "vitest";
import { parseIp } from "../../../compiler/simulate/ip.js";
import { exampleAddress, smallestTraffic } from "../../../compiler/simulate/verify/smallest-packet.js";
import { allTraffic, trafficOf, unionTraffic } from "../../../compiler/simulate/traffic.js";

describe("the smallest packet of some traffic", () => {
  test.each([
    ["of all traffic is port 80 of TCP", allTraffic, { protocol: "tcp", port: 80 }],
    ["is the lowest port when 80 is not in it", trafficOf("udp", 53, 60), { protocol: "udp", port: 53 }],
    ["is port 1 rather than 0", trafficOf("tcp", 0, 79), { protocol: "tcp", port: 1 }],
    ["is port 0 when there is no other", trafficOf("sctp", 0, 0), { protocol: "sctp", port: 0 }],
    ["is of TCP before UDP", unionTraffic(trafficOf("udp"), trafficOf("tcp", 9, 9)), { protocol: "tcp", port: 9 }],
    ["is of another protocol last", trafficOf("other"), { protocol: "other", port: 0 }],
  ])("%s", (_, traffic, expected) => {
    expect(smallestTraffic(traffic)).toEqual(expected);
  });
});

describe("the example of addresses outside", () => {
  const range = (first: string, last: string) => ({ first: parseIp(first)!, last: parseIp(last)! });

  test.each([
    ["is of the documentation block where that is among them", [range("0.0.0.0", "255.255.255.255")], "203.0.113.1"],
    ["is an address that a host can have", [range("0.0.0.0", "10.0.0.0")], "1.0.0.1"],
    ["is one behind multicast's only if there is no other", [range("230.0.0.0", "230.0.0.9")], "230.0.0.0"],
    ["may lie in a later range", [range("127.0.0.0", "127.0.0.9"), range("192.0.2.0", "192.0.2.9")], "192.0.2.0"],
  ])("%s", (_, ranges, expected) => {
    expect(exampleAddress(ranges)).toBe(expected);
  });
});
