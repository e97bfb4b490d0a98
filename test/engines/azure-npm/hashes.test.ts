import { expect, test } from "vitest";
import { fnvHashes, shaHashes } from "../../../compiler/engines/azure-npm/hashes.js";

// Vectors: Azure NPM cbd7560cf, npm/util/util_test.go, and captured nodes.
test.each([
  ["ns-y", "2837910840", "10ab1bcsv6mirf373vdm"],
  ["podlabel-pod:a", "3922407721", "1v9x7852rtqpowgz9i00"],
  ["nslabel-all-namespaces", "1639206293", "gcmk2hdba149zrugxkm4"],
  ["ns-test", "3863441321", "343gyx4g1wf87lwlewvk"],
  ["kube-system", "2725615454", "3e11xiur7msvr0egs1tl"],
])("the set %s is called %s by FNV and %s by SHA-256", (name, fnv, sha) => {
  expect(fnvHashes.set(name)).toBe(fnv);
  expect(shaHashes.set(name)).toBe(sha);
});

test("two readable names can share an FNV name, never a SHA-256 one", () => {
  expect(fnvHashes.set("podlabel-x:YMaaIZ")).toBe(fnvHashes.set("ns-msobb-target"));
  expect(shaHashes.set("podlabel-x:YMaaIZ")).toBe("61b0uqiiz2delucbmvi2");
  expect(shaHashes.set("ns-msobb-target")).toBe("42xi2gy762uhahnxfutd");
});

test.each([
  ["y/base", "2697641196", "7oj1cz9mmz"],
  ["kube-system/konnectivity-agent", "3618314628", "zlssrcj2mo"],
])("the chain of policy %s ends in %s by FNV and %s by SHA-256", (key, fnv, sha) => {
  expect(fnvHashes.chain(key)).toBe(fnv);
  expect(shaHashes.chain(key)).toBe(sha);
});

test("a hash with leading zeros keeps its length", () => {
  for (let i = 0; i < 2000; i++) {
    expect(shaHashes.set(`n${i}`)).toMatch(/^[0-9a-z]{20}$/);
    expect(shaHashes.chain(`n${i}`)).toMatch(/^[0-9a-z]{10}$/);
  }
});
