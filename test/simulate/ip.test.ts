import { describe, expect, test } from "vitest";
import {
  after,
  before,
  compareIps,
  everyAddress,
  formatIp,
  maskIp,
  networkOfBlock,
  parseIp,
  parseNetwork,
  plainIp,
  rangeOf,
} from "../../compiler/simulate/ip.js";

describe("an address is a number of its version of IP", () => {
  test.each<[string, number | bigint]>([
    ["0.0.0.0", 0],
    ["255.255.255.255", 2 ** 32 - 1],
    ["::", 0n],
    ["fd00::7", 0xfd000000000000000000000000000007n],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 2n ** 128n - 1n],
  ])("%s", (text, address) => {
    expect(parseIp(text)).toBe(address);
    expect(formatIp(address)).toBe(text);
  });

  test.each(["", "10.0.0", "10.0.0.256", "10.0.0.0/8", "fd00:::1", "fd00::1%eth0", "web"])("%j is none", (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  test("neighbours are one away, and versions do not mix", () => {
    expect([after(7), before(7), after(7n), before(7n)]).toEqual([8, 6, 8n, 6n]);
    expect([5n, 9, 2n ** 64n, 2].sort(compareIps)).toEqual([2, 9, 5n, 2n ** 64n]);
  });

  test("texts of one address become one", () => {
    expect(["FD00:0::07", "10.0.0.7"].map(plainIp)).toEqual(["fd00::7", "10.0.0.7"]);
  });
});

describe("a network is masked", () => {
  const ends = (text: string): readonly string[] => {
    const { first, last } = rangeOf(parseNetwork(text)!);
    return [formatIp(first), formatIp(last)];
  };

  test("a block has a first and a last address", () => {
    expect(ends("10.9.8.7/16")).toEqual(["10.9.0.0", "10.9.255.255"]);
    expect(ends("2001:db8::1/33")).toEqual(["2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"]);
    expect(ends("fd00::7")).toEqual(["fd00::7", "fd00::7"]);
    expect(rangeOf(parseNetwork("::/0")!)).toEqual(everyAddress(6));
    expect(rangeOf(parseNetwork("0.0.0.0/0")!)).toEqual(everyAddress(4));
  });

  test("lengths beyond those of the version are none", () => {
    expect(["10.0.0.0/33", "fd00::/129", "fd00::/x"].map(parseNetwork)).toEqual([undefined, undefined, undefined]);
    expect(maskIp(0xffn, 124)).toBe(0xf0n);
  });

  test("objects write blocks with host bits, leading zeros, and IPv4 inside IPv6", () => {
    const [network, prefixLength] = [10 * 2 ** 24, 8];
    for (const text of ["10.1.2.3/8", "010.0.0.0/08", "::ffff:10.0.0.0/104"])
      expect(networkOfBlock(text), text).toEqual({ network, prefixLength });
    expect(networkOfBlock("fd00::1:7/112")).toEqual({ network: parseIp("fd00::1:0"), prefixLength: 112 });
    expect(networkOfBlock("nowhere/8")).toBeUndefined();
  });
});
