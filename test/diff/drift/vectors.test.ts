import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { drift } from "../../../compiler/drift.js";
import { parseDocuments } from "../../../compiler/manifest/parse-documents.js";
import type { Value } from "../../../compiler/manifest/value.js";
import { parseIpsetSave } from "../../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";

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

function read(folder: string, name: string): string {
  return existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
}

/** The manifests, or the objects that remain after the steps, each where it was last applied. */
function existingObjects(folder: string): string {
  if (!existsSync(join(folder, "steps"))) return read(folder, "manifests.yaml");
  const objects = new Map<string, string>();
  for (const file of readdirSync(join(folder, "steps")).sort()) {
    const text = read(folder, join("steps", file));
    if (file.includes("reconcile")) continue;
    for (const document of text.split(/^---$/m)) {
      const value = parseDocuments({ name: file, text: document }).documents[0]?.value;
      if (!value) continue;
      const key = ["kind", "namespace", "name"].map((name) => textOf(value, name)).join("/");
      objects.delete(key);
      if (file.includes("apply")) objects.set(key, document);
    }
  }
  return [...objects.values()].join("---\n");
}

function textOf(document: Value, key: string): string {
  const holder = key === "kind" ? document : field(document, "metadata");
  const value = field(holder, key);
  return value?.kind === "scalar" ? value.text : "";
}

function field(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === "mapping" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
}
