import { describe, expect, test } from "vitest";
import { anpm } from "./anpm.js";

const faithful = "golden/two-directions-meet/manifests.yaml";
const deviating = "golden/findings/npm-not-in-is-or/manifests.yaml";

describe("anpm verify", () => {
  test("rules that do what the specification says: one line, exit 0", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", faithful]);
    expect(stdout).toBe("the rules of azure-npm v2 (v1.8.12) do what the specification says, for every packet\n");
    expect(exitCode).toBe(0);
  });

  test("a deviation: code, packet, place, rules and advice, exit 1", async () => {
    const { stdout, stderr, exitCode } = await anpm(["verify", "-f", deviating]);
    for (const label of ["packet", "where", "why", "rule", "decides", "in", "instead"]) {
      expect(stdout).toMatch(new RegExp(`^  ${label}: +\\S`, "m"));
    }
    expect(stdout).toMatch(/^npm-not-in-is-or: .*\n[^]*\n\n1 finding: the rules of azure-npm v2 \(v1\.8\.12\) differ/);
    expect(stderr).toMatch(/^1 policy, 2 pods/);
    expect(exitCode).toBe(1);
  });

  test("an accepted one: exit 0, and it says what was accepted", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", deviating, "--allow", "npm-not-in-is-or"]);
    expect(stdout).toMatch(/for every packet, not counting what is accepted: npm-not-in-is-or\n$/);
    expect(exitCode).toBe(0);
  });

  test("one of several accepted: exit 1 for the rest", async () => {
    const words = ["verify", "-f", deviating, "--npm", "v1-2019", "-o", "json"];
    const all = JSON.parse((await anpm(words)).stdout) as { findings: { code: string }[] };
    const { stdout, exitCode } = await anpm([...words, "--allow", all.findings[0]!.code]);
    const rest = JSON.parse(stdout) as typeof all;
    expect(rest.findings.map(({ code }) => code)).toEqual(all.findings.slice(1).map(({ code }) => code));
    expect(exitCode).toBe(rest.findings.length > 0 ? 1 : 0);
  });

  test("for programs: the shape that others rely on", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", deviating, "-o", "json"]);
    const { agrees, findings } = JSON.parse(stdout) as { agrees: boolean; findings: Record<string, unknown>[] };
    expect(agrees).toBe(false);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: "npm-not-in-is-or",
      title: expect.any(String) as string,
      packet: { source: "x/p0", destination: "x/p1", protocol: "tcp", port: 80 },
      policy: "x/policy0",
      at: expect.stringMatching(/^golden\/findings\/npm-not-in-is-or\/manifests\.yaml:\d+:\d+$/) as string,
      rule: { chain: "AZURE-NPM-ACCEPT", number: 1, text: "-j ACCEPT" },
      generations: ["v2", "v2-fnv", "v2-2022", "v1-ctstate", "v1"],
      advice: expect.any(String) as string,
    });
    expect(exitCode).toBe(1);
  });

  test("wrong manifests are errors, not findings", async () => {
    const { stdout, exitCode } = await anpm(["verify", "-f", "golden/errors/kind-unknown/manifests.yaml"]);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});
