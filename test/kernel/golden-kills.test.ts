import { describe, expect, test } from "vitest";
import { applyScript, printIptablesSave, type CompileResult, type Flavour } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { killAtEveryStep } from "../../scripts/kernel/kill-at-every-step.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const cases = new Map(readCases().map((golden) => [golden.name, golden]));

/** From one case's rules to another's. (All cases: scripts/kernel-conformance.ts.) */
const updates: readonly { why: string; from: [string, string]; to: [string, string]; flavour: Flavour }[] = [
  {
    why: "a rule more",
    from: ["aks-1-deny", "v2"],
    to: ["aks-2-from-frontend", "v2"],
    flavour: "nft",
  },
  {
    why: "a rule with another set",
    from: ["aks-2-from-frontend", "v2"],
    to: ["aks-3-from-development", "v2"],
    flavour: "legacy",
  },
  {
    why: "other members of sets in use",
    from: ["host-network-and-finished-pods", "v2"],
    to: ["terminating-pods", "v2"],
    flavour: "nft",
  },
  {
    why: "another generation's names",
    from: ["named-ports", "v2-fnv"],
    to: ["named-ports", "v2"],
    flavour: "nft",
  },
];

describe.skipIf(reason)(
  "killed or disturbed at any step, the apply script keeps its promise",
  { timeout: 120_000 },
  () => {
    test.each(updates)("$from to $to, $flavour: $why", ({ from, to, flavour }) => {
      const [old, next] = [compiled(...from, flavour), compiled(...to, flavour)];
      const report = killAtEveryStep({
        ownership: next.machine.ownership,
        prepare: (namespace) => runScript(namespace, applyScript(old.tables, old.machine.ownership, { flavour })),
        script: applyScript(next.tables, next.machine.ownership, { flavour }),
      });
      expect(report.failures).toEqual([]);
      expect(report.steps).toBeGreaterThan(5);
    });

    test("on a node that an old release left behind", () => {
      const golden = cases.get("existing-npm-leftovers")!;
      const { tables, machine } = compiled(golden.name, "v2", "nft");
      const report = killAtEveryStep({
        ownership: machine.ownership,
        prepare: (namespace) =>
          void namespace.run("iptables-nft-restore", [], { input: printIptablesSave(golden.options.existing!) }),
        script: applyScript(tables, machine.ownership, { flavour: "nft" }),
      });
      expect(report.failures).toEqual([]);
      expect(report.steps).toBeGreaterThan(5);
    });
  },
);

function compiled(name: string, generation: string, flavour: Flavour): CompileResult {
  return compileCase(cases.get(name)!, generation, flavour).result!;
}
