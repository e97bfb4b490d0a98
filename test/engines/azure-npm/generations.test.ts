import { expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { has, parseRelease } from "../../../compiler/engines/azure-npm/release.js";

const choose = (generation: string, options = {}) => {
  const { machine, diagnostics } = azureNpm.configure({ generation, ...options });
  return machine
    ? `${machine.generation} ${machine.release} ${machine.flavour}`
    : diagnostics.map(({ code }) => code).join(" ");
};

test.each([
  ["v2", "v2 v1.8.12 nft"],
  ["v2-fnv", "v2-fnv v1.5.50 nft"],
  ["v2-2022", "v2-2022 v1.4.23 nft"],
  ["v1.4.20", "v2-2022 v1.4.20 nft"],
  ["v1.4.24", "v2-fnv v1.4.24 nft"],
  ["v1.4.45.3", "v2-fnv v1.4.45.3 nft"],
  ["v1.6.45", "v2-fnv v1.6.45 nft"],
  ["v1.6.46", "v2 v1.6.46 nft"],
  ["v1.7.20", "v2-fnv v1.7.20 nft"],
  ["v1.8.11", "v2-fnv v1.8.11 nft"],
  ["v1.8.13", "v2 v1.8.13 nft"],
])("--npm %s means %s", (text, chosen) => expect(choose(text)).toBe(chosen));

test.each([
  ["v1.2.3", "no-generation"],
  ["v1.4.0", "no-generation"],
  ["v1.0.8", "unknown-generation"],
  ["v1.9.0", "unknown-generation"],
  ["v3", "unknown-generation"],
  ["", "unknown-generation"],
  ["latest", "unknown-generation"],
  ["v1.4.24\n", "unknown-generation"],
])("--npm %j is refused as %s", (text, code) => expect(choose(text)).toBe(code));

test("an unknown id gets the nearest known one", () => {
  const [problem] = azureNpm.configure({ generation: "v2-fvn" }).diagnostics;
  expect(problem?.fix).toBe("did you mean v2-fnv?");
});

test("NPM Lite needs v1.6.12", () => {
  expect(choose("v1.6.11", { lite: true })).toBe("lite-not-supported");
  expect(choose("v1.6.12", { lite: true })).toBe("v2-fnv v1.6.12 nft");
});

test.each([
  ["1.29", 29],
  ["v1.20.7", 20],
])("--kubernetes %s is understood", (kubernetes, minor) => {
  expect(azureNpm.configure({ kubernetes }).machine?.kubernetesMinor).toBe(minor);
});

test.each(["1", "2.0", "1.x", "1.29-rc.1", ""])("--kubernetes %j is refused", (kubernetes) => {
  expect(azureNpm.configure({ kubernetes }).diagnostics.map(({ code }) => code)).toEqual(["bad-kubernetes-version"]);
});

test("a change that came to two branches is looked up on the release's own branch", () => {
  const since = ["v1.5.1", "v1.4.45.1"] as const;
  expect(
    ["v1.4.45", "v1.4.45.1", "v1.4.46", "v1.5.0", "v1.5.1", "v1.6.0"].map((tag) => has(parseRelease(tag)!, ...since)),
  ).toEqual([false, true, true, false, true, true]);
});
