import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { applyScript, azureNpm, patchScript, type CompileResult, type Flavour } from "../../compiler/index.js";
import { killAtEveryStep } from "../../scripts/kernel/kill-at-every-step.js";
import { cut, readState, stateFrom, type State } from "../../scripts/kernel/meaning.js";
import { sortSets } from "../../scripts/kernel/read-back.js";
import type { TableName } from "../../compiler/netfilter/tables.js";
import { compileManifests } from "../agreement/check-cases.js";
import { clusters, type Manifest } from "../agreement/clusters.js";
import { runScript } from "./round-trip.js";

export interface CheckOptions {
  /** How many random pairs of clusters. */
  readonly cases: number;
  readonly seed: number;
  /** Generation and flavour by turns. */
  readonly nodes: readonly { readonly generation: string; readonly flavour: Flavour }[];
  /** Of every so many pairs, one is also killed at every step; none when 0. */
  readonly killEvery: number;
  readonly progress?: (checked: number) => void;
}

export interface Checked {
  /** Pairs that were checked. */
  readonly cases: number;
  readonly commits: Readonly<Record<"none" | "one" | "two", number>>;
  /** Kills and failed commands. */
  readonly kills: number;
  /** What went wrong, for people, with the two clusters. */
  readonly failure?: string;
}

/**
 * Random pairs of clusters in a kernel: on a node with the first, the patch makes what a fresh apply of the second makes, byte for byte;
 * so it does when it is run again; and the patch the other way round brings the first back.
 */
export function checkPatches({ cases, seed, nodes, killEvery, progress }: CheckOptions): Checked {
  const commits = { none: 0, one: 0, two: 0 };
  let [checked, kills] = [0, 0];
  const property = fc.property(pairs, ([before, after]) => {
    const { generation, flavour } = nodes[checked % nodes.length]!;
    const [old, young] = [compileManifests(before, generation), compileManifests(after, generation)];
    const patch = patchOf(old, young, flavour);
    assertPatch(old, young, flavour);
    commits[patch.includes("commit_2()") ? "two" : patch.includes("commit_1()") ? "one" : "none"] += 1;
    if (killEvery > 0 && checked % killEvery === 0) {
      const report = killAtEveryStep({
        ownership: young.machine.ownership,
        byConnections: flavour,
        prepare: (namespace) => runScript(namespace, applyOf(old, flavour)),
        script: patch,
      });
      kills += report.trials;
      if (report.failures.length > 0) throw new Error(report.failures.join("\n"));
    }
    checked += 1;
    progress?.(checked);
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: cases, seed, endOnFailure: true });
  if (!failed) return { cases: checked, commits, kills };
  return {
    cases: checked,
    commits,
    kills,
    failure: `${String(errorInstance)}\n${JSON.stringify(counterexample, null, 1)}`,
  };
}

/** Every generation in the flavours that it can have. */
export const allNodes: CheckOptions["nodes"] = azureNpm.generations.flatMap((generation) =>
  (["nft", "legacy"] as const)
    .filter((flavour) => azureNpm.configure({ generation, flavour }).machine !== undefined)
    .map((flavour) => ({ generation, flavour })),
);

/** The same between two generations: of one cluster, or of two. */
export function checkUpgrades(cases: number, seed: number, flavour: Flavour): Pick<Checked, "cases" | "failure"> {
  const generations = allNodes.flatMap((node) => (node.flavour === flavour ? node.generation : []));
  const upgrades = generations.flatMap((from) =>
    generations.flatMap((to) => (from === to ? [] : [[from, to] as const])),
  );
  let checked = 0;
  const property = fc.property(pairs, fc.boolean(), ([before, after], isOne) => {
    const [from, to] = upgrades[(checked * 7) % upgrades.length]!;
    assertPatch(compileManifests(before, from), compileManifests(isOne ? before : after, to), flavour);
    checked += 1;
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: cases, seed, endOnFailure: true });
  if (!failed) return { cases: checked };
  return { cases: checked, failure: `${String(errorInstance)}\n${JSON.stringify(counterexample, null, 1)}` };
}

/** The second is another cluster, or the first with some objects of another in place of its own. */
const pairs = fc
  .tuple(clusters, clusters, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 20, maxLength: 20 }), fc.boolean())
  .map(([before, other, drawn, mixed]): [readonly Manifest[], readonly Manifest[]] => [
    before,
    mixed ? mix(before, other, drawn) : other,
  ]);

function mix(before: readonly Manifest[], other: readonly Manifest[], drawn: readonly number[]): Manifest[] {
  const key = (its: Manifest): string => {
    const { name, namespace } = its["metadata"] as { name: string; namespace?: string };
    return `${String(its["kind"])} ${namespace ?? ""} ${name}`;
  };
  const replacements = new Map(other.map((its) => [key(its), its]));
  const kept = before.flatMap((its, index) => {
    const draw = drawn[index % drawn.length]!;
    if (draw === 0 && its["kind"] !== "Namespace") return [];
    return [draw === 1 ? (replacements.get(key(its)) ?? its) : its];
  });
  return kept;
}

function applyOf({ tables, machine }: CompileResult, flavour: Flavour): string {
  return applyScript(tables, machine.ownership, { flavour });
}

function patchOf(before: CompileResult, after: CompileResult, flavour: Flavour): string {
  return patchScript(before.tables, after.tables, after.machine.ownership, { flavour });
}

export function assertPatch(old: CompileResult, young: CompileResult, flavour: Flavour): void {
  const { tables } = young.machine.ownership;
  const [first, patched, again, back] = statesAfter(tables, [
    applyOf(old, flavour),
    patchOf(old, young, flavour),
    patchOf(old, young, flavour),
    patchOf(young, old, flavour),
  ]);
  const [fresh] = statesAfter(tables, [applyOf(young, flavour)]);
  expectSame("patch", patched!, fresh!);
  expectSame("patch again", again!, fresh!);
  expectSame("unpatch", back!, first!);
}

/** Runs scripts one after the other in a namespace that ends with them; what the kernel holds after each. */
function statesAfter(tables: readonly TableName[], scripts: readonly string[]): State[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-patch-"));
  try {
    scripts.forEach((script, index) => writeFileSync(join(folder, `${index}`), script));
    const steps = scripts.flatMap((_, index) => [`dash ${index}`, readState(tables), `echo "${cut}"`]);
    const { stdout, stderr } = execaSync("unshare", ["--net", "sh", "-ec", steps.join("\n")], {
      cwd: folder,
      stripFinalNewline: false,
    });
    if (stderr !== "") throw new Error(stderr);
    const parts = stdout.split(`${cut}\n`);
    return scripts.map((_, index) => stateFrom(parts.slice(index * 3, index * 3 + 3), tables));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectSame(what: string, found: State, expected: State): void {
  const text = ({ nft, legacy, sets }: State): string => `${nft}\n${legacy}\n${sortSets(sets)}`;
  if (text(found) !== text(expected)) throw new Error(`${what}: found\n${text(found)}\nexpected\n${text(expected)}`);
}
