import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drift } from "../../../compiler/drift.js";
import { parseIpsetSave } from "../../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { existingObjects, read } from "./existing-objects.js";

// What the real NPM left in a real kernel is no drift, whatever the way that led there.
const root = join(import.meta.dirname, "../../../../shared/vectors/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/cases is not there");
const cases = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => existsSync(join(root, path, "expected")))
  : [];

describe.skipIf(!present).each(["v2", "v2-fnv", "v2-2022", "v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"])(
  "a node of %s shows no drift against its manifests",
  (generation) => {
    const known = cases.filter((path) => existsSync(join(root, path, "expected", generation, "ipset-save")));

    test("there are cases", () => expect(known.length).toBeGreaterThan(90));

    test.each(known.sort())("%s", (path) => {
      const folder = join(root, path);
      const options = read(folder, "options");
      for (const save of ["iptables-save", "iptables-save.legacy"]) {
        if (!existsSync(join(folder, "expected", generation, save))) continue;
        const { report } = drift(
          [{ name: "manifests.yaml", text: existingObjects(folder) }],
          {
            chains: parseIptablesSave(read(folder, `expected/${generation}/${save}`)).chains,
            sets: parseIpsetSave(read(folder, `expected/${generation}/ipset-save`)).sets,
          },
          {
            generation,
            lite: options.includes("--lite"),
            ...(options.includes("--place-first") && { placement: "first" }),
          },
        );
        expect(report!.findings.filter(({ severity }) => severity === "drift")).toEqual([]);
      }
    });

    test("nor does it where nobody says which generation it is; and it does when a rule or a member is gone", () => {
      const [path] = known.filter(
        (name) => name.endsWith("aks-2-from-frontend") || name.endsWith("ns-and-pod-selector"),
      );
      const folder = join(root, path!);
      const sources = [{ name: "manifests.yaml", text: existingObjects(folder) }];
      const rules = read(folder, `expected/${generation}/iptables-save`);
      const sets = read(folder, `expected/${generation}/ipset-save`);
      const isDrift = (iptablesSave: string, ipsetSave: string): boolean | undefined => {
        const node = { chains: parseIptablesSave(iptablesSave).chains, sets: parseIpsetSave(ipsetSave).sets };
        return drift(sources, node).report?.drifted;
      };
      expect(isDrift(rules, sets)).toBe(false);
      const lines = rules.split("\n").filter((line) => line.startsWith("-A AZURE-NPM"));
      expect(lines.length).toBeGreaterThan(5);
      for (const line of lines) expect(isDrift(rules.replace(`${line}\n`, ""), sets), line).toBe(true);
      for (const line of sets.split("\n").filter((each) => each.startsWith("add "))) {
        expect(isDrift(rules, sets.replace(`${line}\n`, "")), line).toBe(true);
      }
    });
  },
);
