import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { firstState, kubeProxy, ownership, secondState } from "./example.js";
import { killAtEveryStep, type KillTrial } from "../../scripts/kernel/kill-at-every-step.js";
import { whyNoKernel, type Namespace } from "../../scripts/kernel/namespace.js";
import type { Flavour } from "../../scripts/kernel/read-back.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

/** From the first state to the second, under nft. */
const update: KillTrial = {
  ownership,
  prepare: (namespace) => runScript(namespace, applyScript(firstState, ownership, { flavour: "nft" })),
  script: applyScript(secondState, ownership, { flavour: "nft" }),
};

describe.skipIf(reason)(
  "killed or disturbed at any step, a script leaves the old or the new state, and the next run repairs it",
  () => {
    describe.each<Flavour>(["nft", "legacy"])("%s", { timeout: 120_000 }, (flavour) => {
      const apply = (tables: typeof firstState): string => applyScript(tables, ownership, { flavour });
      const node = (namespace: Namespace): void =>
        void namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });

      test("the first time on a node", () => {
        const report = killAtEveryStep({ ownership, script: apply(firstState), prepare: node });
        expect(report.failures).toEqual([]);
        expect(report.steps).toBeGreaterThan(5);
      });

      test("an update of sets in use", () => {
        const prepare = (namespace: Namespace): void => {
          node(namespace);
          runScript(namespace, apply(firstState));
        };
        const report = killAtEveryStep({ ownership, script: apply(secondState), prepare });
        expect(report.failures).toEqual([]);
        expect(report.steps).toBeGreaterThan(12);
      });

      test("undo", () => {
        const prepare = (namespace: Namespace): void => {
          node(namespace);
          runScript(namespace, apply(firstState));
        };
        const report = killAtEveryStep({ ownership, script: undoScript(ownership, { flavour }), prepare });
        expect(report.failures).toEqual([]);
      });
    });

    test("a change of flavour with sets in use", { timeout: 120_000 }, () => {
      const prepare = (namespace: Namespace): void =>
        runScript(namespace, applyScript(firstState, ownership, { flavour: "legacy" }));
      expect(killAtEveryStep({ ...update, prepare }).failures).toEqual([]);
    });

    describe("then another script than the killed one", { timeout: 120_000 }, () => {
      test("goes back to the old state", () => {
        const next = applyScript(firstState, ownership, { flavour: "nft" });
        expect(killAtEveryStep({ ...update, next }).failures).toEqual([]);
      });

      test("goes on in the other flavour", () => {
        const next = applyScript(firstState, ownership, { flavour: "legacy" });
        expect(killAtEveryStep({ ...update, next }).failures).toEqual([]);
      });

      test("removes everything", () => {
        const next = undoScript(ownership, { flavour: "nft" });
        expect(killAtEveryStep({ ...update, next }).failures).toEqual([]);
      });
    });

    test("a script that changes sets in use is found out", { timeout: 120_000 }, () => {
      const moreMembers = firstState.sets.map((set) =>
        set.name === "fw-backends" ? { ...set, members: ["10.0.0.3", "10.0.0.4"] } : set,
      );
      const careful = applyScript({ ...firstState, sets: moreMembers }, ownership, { flavour: "nft" });
      const careless = careful.replace(
        "\n  plan_copies\n",
        "\n  plan_copies\n  : >$dir/copies\n  cp $dir/changes $dir/changes-now\n",
      );
      expect(careless).not.toBe(careful);
      const { failures } = killAtEveryStep({ ...update, script: careless });
      expect(failures.join("\n")).toContain("neither old nor new");
    });
  },
);
