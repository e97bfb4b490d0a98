import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { patchScript } from "../../compiler/netfilter/patch-script.js";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { whyNoKernel, withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import { firstState, kubeProxy, ownership, secondState } from "./example.js";
import { runScript } from "./round-trip.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

describe.skipIf(reason)("patch scripts in a kernel", { timeout: 60_000 }, () => {
  describe.each<Flavour>(["nft", "legacy"])("%s", (flavour) => {
    const apply = (tables: Tables): string => applyScript(tables, ownership, { flavour });
    const patch = (before: Tables, after: Tables): string => patchScript(before, after, ownership, { flavour });
    const dump = (namespace: Namespace): string => readIptables(namespace, flavour) + sortSets(readIpset(namespace));

    test("the node is as after a fresh apply, and the patch the other way round brings it back", () => {
      withNamespace((namespace) => {
        namespace.run(`iptables-${flavour}-restore`, [], { input: kubeProxy });
        runScript(namespace, apply(secondState));
        const fresh = dump(namespace);
        runScript(namespace, apply(firstState));
        const first = dump(namespace);
        runScript(namespace, patch(firstState, secondState));
        expect(dump(namespace)).toBe(fresh);
        runScript(namespace, patch(firstState, secondState));
        expect(dump(namespace)).toBe(fresh);
        runScript(namespace, patch(secondState, firstState));
        expect(dump(namespace)).toBe(first);
      });
    });
  });
});
