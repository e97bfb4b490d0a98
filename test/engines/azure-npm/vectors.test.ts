import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import type { Event, Flavour, Node, Step } from "../../../compiler/engines/engine.js";
import { parseDocuments } from "../../../compiler/manifest/parse-documents.js";
import type { Value } from "../../../compiler/manifest/value.js";
import { admit } from "../../../compiler/model/admit.js";
import type { KubernetesObject } from "../../../compiler/model/objects.js";
import type { Command } from "../../../compiler/netfilter/command.js";
import { parseIptablesSave } from "../../../compiler/netfilter/parse-iptables-save.js";
import { printCommands } from "../../../compiler/netfilter/print-commands.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";
import { commandsOf } from "../../../compiler/engines/effects.js";
import { canonicalIpset, canonicalIptables } from "./canonical-dump.js";

// What the real NPM left in a real kernel, after every step. `check.py` of the vectors compares whole processes; this
// test folds the same events, and the steps that no command shows yet.
const root = join(import.meta.dirname, "../../../../shared/vectors/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/cases is not there");
const cases = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => existsSync(join(root, path, "expected")))
  : [];

describe.skipIf(!present).each(["v2", "v2-fnv", "v2-2022"])("%s leaves what the real NPM left", (generation) => {
  const known = cases.filter((path) => existsSync(join(root, path, "expected", generation)));

  test("there are cases", () => expect(known.length).toBeGreaterThan(80));

  test.each(known.sort())("%s", (path) => {
    for (const flavour of ["nft", "legacy"] as const) {
      for (const [prefix, node] of replay(join(root, path), generation, flavour)) {
        const expected = (name: string) =>
          readFileSync(join(root, path, "expected", generation, prefix + name), "utf8");
        const tables = node.tables();
        const save = flavour === "nft" ? "iptables-save" : "iptables-save.legacy";
        expect(canonicalIptables(printIptablesSave(tables)), prefix).toEqual(canonicalIptables(expected(save)));
        expect(canonicalIpset(printIpsetSave(tables.sets)), prefix).toEqual(canonicalIpset(expected("ipset-save")));
      }
    }
  });
});

// v1 was run with maps in key order, so that nothing needs to be sorted; and every command it ran is there.
describe.skipIf(!present).each(["v1", "v1-2020", "v1-2019b", "v1-2019", "v1-2018"])(
  "%s leaves what the real NPM left, and runs what it ran",
  (generation) => {
    const known = cases.filter((path) => existsSync(join(root, path, "expected", generation)));

    test("there are cases", () => expect(known.length).toBeGreaterThan(90));

    test.each(known.sort())("%s", (path) => {
      const expected = (name: string) => readFileSync(join(root, path, "expected", generation, name), "utf8");
      const commands: Command[] = [];
      for (const [prefix, node] of replay(join(root, path), generation, "legacy", (run) => commands.push(...run))) {
        const tables = node.tables();
        expect(ownRules(printIptablesSave(tables)), prefix).toEqual(ownRules(expected(`${prefix}iptables-save`)));
        expect(canonicalIpset(printIpsetSave(tables.sets)), prefix).toEqual(
          canonicalIpset(expected(`${prefix}ipset-save`)),
        );
      }
      if (!existsSync(join(root, path, "expected", generation, "commands"))) return;
      expect(withoutGrep(printCommands(commands, "lines"))).toEqual(withoutGrep(expected("commands")));
    });
  },
);

/** Chains and rules of NPM's and of FORWARD, as they stand. */
function ownRules(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^(-A |:)(AZURE-NPM|FORWARD)/.test(line))
    .map((line) => line.replace(/ \[.*/, ""));
}

/** grep races with what it reads. */
function withoutGrep(text: string): string[] {
  return text.split("\n").filter((line) => !line.startsWith("grep "));
}

/** The node after the manifests, or after each step; with the prefix of its expected files. */
function* replay(
  folder: string,
  generation: string,
  flavour: Flavour,
  observe: (commands: readonly Command[]) => void = () => undefined,
): Generator<[prefix: string, node: Node]> {
  const text = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const { machine } = azureNpm.configure({
    generation,
    flavour,
    lite: text("options").includes("--lite"),
    ...(text("options").includes("--place-first") && { placement: "first" }),
    ...(text("existing") && { existing: { chains: parseIptablesSave(text("existing")).chains, sets: [] } }),
  });
  const took = ({ node, effects }: Step) => {
    observe(commandsOf(effects));
    return node;
  };
  let node = took(machine!.start());
  const run = (event: Event) => (node = took(machine!.step(node, event)));
  if (!existsSync(join(folder, "steps"))) {
    for (const object of objectsOf(text("manifests.yaml"))) run({ kind: "apply", object });
    return yield ["", node];
  }
  for (const file of readdirSync(join(folder, "steps")).sort()) {
    const [number, kind] = file.split(/[-.]/);
    if (kind === "reconcile") run({ kind: "reconcile" });
    if (kind === "apply") for (const object of objectsOf(text(join("steps", file)))) run({ kind: "apply", object });
    if (kind === "delete") for (const event of deletionsOf(text(join("steps", file)))) run(event);
    yield [`${number}.`, node];
  }
}

function objectsOf(text: string): readonly KubernetesObject[] {
  const { objects, diagnostics } = admit(parseDocuments({ name: "case", text }).documents);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return objects;
}

/** Deletions name objects only: they need not be complete. */
function deletionsOf(text: string): Event[] {
  return parseDocuments({ name: "case", text }).documents.map(({ value }): Event => {
    const metadata = field(value, "metadata");
    const objectKind = textOf(field(value, "kind")) as KubernetesObject["kind"];
    const name = textOf(field(metadata, "name"));
    const key = objectKind === "Namespace" ? name : `${textOf(field(metadata, "namespace"))}/${name}`;
    return { kind: "delete", objectKind, key };
  });
}

function field(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === "mapping" ? value.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textOf(value: Value | undefined): string {
  return value?.kind === "scalar" ? value.text : "";
}
