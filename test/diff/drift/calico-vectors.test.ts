import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drift } from "../../../compiler/drift.js";
import type { NodeState } from "../../../compiler/diff/drift/node-state.js";
import { nodeStateOf } from "../../../compiler/diff/drift/node-state.js";
import { parseIpsetSave } from "../../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { cases, optionsOf, present, root } from "../../engines/calico/vector-cases.js";
import { existingObjects } from "./existing-objects.js";

// What the real Felix left in a real kernel is no drift.
describe.skipIf(!present).each(["calico", "calico-3.24", "calico-2019"])(
  "a node of %s shows no drift against its manifests",
  (generation) => {
    const known = cases.filter((path) => existsSync(join(root, path, "expected", generation)));

    test("there are cases", () => expect(known.length).toBeGreaterThan(50));

    test.each(known.sort())("%s", (path) => {
      const sources = [{ name: "manifests.yaml", text: existingObjects(join(root, path), true) }];
      const options = { ...optionsOf(path), engine: "calico" };
      const node = stateOf(dumpOf(path, generation), setsOf(path, generation));
      const drifted = (given: typeof options & { generation?: string }) =>
        drift(sources, node, given)
          .report!.findings.filter(({ severity }) => severity === "drift")
          .map(({ code, message }) => `${code}: ${message}`);
      expect(drifted({ ...options, generation })).toEqual([]);
      expect(drifted(options)).toEqual([]);
    });

    test("it does when a rule, a hook or a member is gone, and says in which table", { timeout: 60_000 }, () => {
      const path = known.find((name) => name.endsWith("c-hep-everything") || name.endsWith("aks-3-from-development"))!;
      const sources = [{ name: "manifests.yaml", text: existingObjects(join(root, path), true) }];
      const options = { ...optionsOf(path), engine: "calico", generation };
      const [dump, sets] = [dumpOf(path, generation), setsOf(path, generation)];
      for (const part of dump.split(/^(?=\*)/m)) {
        const table = /^\*(\w+)/.exec(part)![1]!;
        for (const line of part.split("\n").filter((each) => /^-A .*cali/.test(each))) {
          const node = stateOf(dump.replace(part, part.replace(`${line}\n`, "")), sets);
          const { report } = drift(sources, node, options);
          const found = report!.findings.filter(({ severity }) => severity === "drift");
          expect(
            found.map((finding) => finding.table ?? "filter"),
            line,
          ).toContain(table);
        }
      }
      for (const line of sets.split("\n").filter((each) => each.startsWith("add "))) {
        const { report } = drift(sources, stateOf(dump, sets.replace(`${line}\n`, "")), options);
        expect(report!.drifted, line).toBe(true);
      }
    });
  },
);

function dumpOf(path: string, generation: string): string {
  return ["", ".raw", ".mangle", ".nat"]
    .map((end) => readFileSync(join(root, path, "expected", generation, `iptables-save${end}`), "utf8"))
    .join("");
}

function setsOf(path: string, generation: string): string {
  return readFileSync(join(root, path, "expected", generation, "ipset-save"), "utf8");
}

function stateOf(dump: string, sets: string): NodeState {
  return nodeStateOf([parseIptablesSave(dump, ["raw", "mangle", "nat", "filter"])], parseIpsetSave(sets), "cali-");
}
