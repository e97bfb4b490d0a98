import { expect, test } from "vitest";
import { dscpOf } from "../../../compiler/engines/calico/cluster/dscp.js";
import { quantityOf } from "../../../compiler/engines/calico/cluster/quantity.js";

test.each([
  ["0", 0],
  ["1000", 1000],
  ["10k", 10_000],
  ["1Ki", 1024],
  ["1.5Ki", 1536],
  ["2e3", 2000],
  ["2E3", 2000],
  ["1E", 2 ** 53],
  ["0.1", 1],
  ["1500m", 2],
  ["1n", 1],
  [".5", 1],
  ["5.", 5],
  ["+7", 7],
  ["-5", -5],
  ["1e-9", 1],
  ["1e999999999", 2 ** 53],
  ["1e-999999999", 1],
])("the quantity %s comes to %d", (text, expected) => {
  expect(quantityOf(text)).toBe(expected);
});

test.each(["", ".", "k", " 5", "5 ", "5K", "1e", "0x10", "ten", "1.2.3", "1kk", "--5", "9".repeat(300)])(
  "%s is no quantity",
  (text) => {
    expect(quantityOf(text)).toBeUndefined();
  },
);

test.each([
  ["0", 0],
  ["63", 63],
  ["010", 10],
  ["EF", 46],
  ["af43", 38],
  [" cs6 ", 48],
])("the value %s of DSCP is %d", (text, expected) => {
  expect(dscpOf(text)).toBe(expected);
});

test.each(["64", "300", "-1", "0x14", "CS7", "AF44", "", "constructor"])("%s is no value of DSCP", (text) => {
  expect(dscpOf(text)).toBeUndefined();
});
