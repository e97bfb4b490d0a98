import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { firstState, kubeProxy, ownership, secondState } from "./example.js";
import { killAtEveryStep } from "./kill-at-every-step.js";
import { whyNoKernel, type Namespace } from "./namespace.js";
import type { Flavour } from "./read-back.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

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

      test("a change of flavour with sets in use", () => {
        const old = applyScript(firstState, ownership, { flavour: flavour === "nft" ? "legacy" : "nft" });
        const prepare = (namespace: Namespace): void => runScript(namespace, old);
        const report = killAtEveryStep({ ownership, script: apply(secondState), prepare });
        expect(report.failures).toEqual([]);
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
  },
);
