import { expect, test } from "vitest";
import { networkOf } from "../../compiler/netfilter/set-members.js";

test.each([
  ["10.1.2.3/16", "10.1.0.0/16"],
  ["10.1.2.3/32 nomatch", "10.1.2.3"],
  ["10.1.2.3", "10.1.2.3"],
  // What ipset 7.17 says of these.
  ["010.0.0.0/8", "8.0.0.0/8"],
  ["0000012.0.0.0/8", "10.0.0.0/8"],
  ["9.9.9.9/00032", "9.9.9.0/26"],
  ["0.0.0.0/01", "0.0.0.0/1"],
  ["10.0.0.0/08", undefined],
  ["08.0.0.0/8", undefined],
  ["0.0.0.0/00", undefined],
  ["0.0.0.0/0", undefined],
  ["10.0.0.0/33", undefined],
  ["256.0.0.0/8", undefined],
  ["::ffff:10.0.0.0/104", undefined],
])("ipset reads %s as %s", (member, network) => {
  expect(networkOf(member)).toBe(network);
});
