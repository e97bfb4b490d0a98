import { describe, expect, test } from "vitest";
import { cidrWarnings, isAddress, isStrictSubset, parseCidr } from "../../compiler/model/cidr.js";

/** What Kubernetes 1.34 says of a CIDR: `refused`, or its warnings. */
function verdict(text: string): readonly string[] {
  const cidr = parseCidr(text);
  if (!cidr) return ["refused"];
  return cidrWarnings(text, cidr).map((warning) =>
    warning.kind === "host-bits" ? `host-bits ${warning.block} ${warning.address}` : `${warning.kind} ${warning.block}`,
  );
}

describe("a CIDR", () => {
  test.each([["10.0.0.0/8"], ["0.0.0.0/0"], ["255.255.255.255/32"], ["::/0"], ["2001:db8::/64"], ["2001:db8::1/128"]])(
    "%s is fine",
    (text) => expect(verdict(text)).toEqual([]),
  );

  test.each([
    [""],
    ["/"],
    ["10.0.0.0"],
    ["10.0.0.0/33"],
    ["10.0.0.0/8/8"],
    ["10.0.0.0/8\n"],
    ["10.0.0.256/8"],
    ["10.0.0/8"],
    ["10..0.0/8"],
    ["10.0.0.0./8"],
    ["0x0a.0.0.0/8"],
    ["10.0.0.0/ 8"],
    ["10.0.0.0/٨"],
    ["1:2:3:4:5:6:7/64"],
    ["1:2:3:4:5:6:7:8:9/64"],
    ["1:2:3:4:5:6:7::8:9/64"],
    ["1::2::3/64"],
    [":1::/64"],
    [":::/64"],
    ["1:/64"],
    ["12345::/64"],
    ["g::/64"],
    ["fe80::%eth0/64"],
    ["1.2.3.4::/64"],
    ["::1.2.3/96"],
    ["::/129"],
  ])("%j is refused", (text) => expect(verdict(text)).toEqual(["refused"]));

  test.each([
    ["10.0.0.1/8", ["host-bits 10.0.0.0/8 10.0.0.1/32"]],
    ["10.0.0.0/08", ["non-standard 10.0.0.0/8"]],
    ["010.0.0.0/8", ["non-standard 10.0.0.0/8"]],
    ["010.0.0.1/8", ["host-bits 10.0.0.0/8 10.0.0.1/32", "non-standard 10.0.0.0/8"]],
    ["2001:DB8::/32", ["not-canonical 2001:db8::/32"]],
    ["2001:db8:0:0::/32", ["not-canonical 2001:db8::/32"]],
    ["::10.0.0.0/104", ["not-canonical ::a00:0/104"]],
    ["1:0:0:2:0:0:0:0/64", ["not-canonical 1:0:0:2::/64"]],
    ["::1:0:0:0:0/64", ["not-canonical 0:0:0:1::/64"]],
    ["002001:db8::/32", ["non-standard 2001:db8::/32"]],
    ["2001:db8::1/32", ["host-bits 2001:db8::/32 2001:db8::1/128"]],
    ["::ffff:10.0.0.0/104", ["non-standard 10.0.0.0/8"]],
    ["::ffff:a00:0/104", ["non-standard 10.0.0.0/8"]],
    ["::ffff:10.1.0.0/104", ["host-bits 10.0.0.0/8 10.1.0.0/128", "non-standard 10.0.0.0/8"]],
    ["::ffff:10.0.0.0/90", ["host-bits ::ffc0:0:0/90 10.0.0.0/128", "non-standard ::ffc0:0:0/90"]],
  ])("%s has a warning", (text, expected) => expect(verdict(text)).toEqual(expected));
});

test.each([
  ["10.1.0.0/16", "10.0.0.0/8", true],
  ["10.9.9.9/16", "10.0.0.0/8", true],
  ["10.0.0.0/8", "10.0.0.0/8", false],
  ["11.0.0.0/16", "10.0.0.0/8", false],
  ["10.1.0.0/16", "10.200.0.0/8", true],
  ["10.0.0.0/7", "10.0.0.0/8", false],
  ["0.0.0.0/1", "0.0.0.0/0", true],
  ["2001:db8:1::/48", "2001:db8::/32", true],
  ["2001:db9::/48", "2001:db8::/32", false],
  ["10.0.0.0/8", "::/0", false],
  ["::ffff:10.1.0.0/112", "10.0.0.0/8", true],
  ["10.1.0.0/16", "::ffff:10.0.0.0/104", false],
])("%s lies in %s: %s", (inner, outer, expected) => {
  expect(isStrictSubset(parseCidr(inner)!, parseCidr(outer)!)).toBe(expected);
});

test.each([
  ["10.0.0.1", true],
  ["010.0.0.1", true],
  ["10.0.0", false],
  ["10.0.0.0.1", false],
  ["10.0.0.", false],
  [".1.2.3", false],
  ["::1", true],
  ["::ffff:1.2.3.4", true],
  ["1", false],
  ["", false],
  ["localhost", false],
])("%j is an address: %s", (text, expected) => expect(isAddress(text)).toBe(expected));
