import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import {
  applyScript,
  azureNpm,
  calico,
  patchScript,
  type CompileResult,
  type Flavour,
  type IpVersion,
} from "../../compiler/index.js";
import { resultOfVersion } from "../../compiler/engines/result-of-version.js";
import { killAtEveryStep, type KillReport } from "../../scripts/kernel/kill-at-every-step.js";
import { cut, readState, stateFrom, type State } from "../../scripts/kernel/meaning.js";
import { sortSets } from "../../scripts/kernel/read-back.js";
import type { TableName } from "../../compiler/netfilter/tables.js";
import { calicoClusters } from "../agreement/calico-clusters.js";
import { compileManifests } from "../agreement/check-cases.js";
import { clusters, type Manifest } from "../agreement/clusters.js";
import { versionPairsOf } from "../diff/versions.js";
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
  const details = fc.check(property, { numRuns: cases, seed, endOnFailure: true });
  return { ...checkedOf(details, checked), commits, kills };
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
  return checkedOf(fc.check(property, { numRuns: cases, seed, endOnFailure: true }), checked);
}

function checkedOf<Case>(
  { failed, counterexample, errorInstance }: fc.RunDetails<Case>,
  cases: number,
): Pick<Checked, "cases" | "failure"> {
  if (!failed) return { cases };
  return { cases, failure: `${String(errorInstance)}\n${JSON.stringify(counterexample, null, 1)}` };
}

/**
 * Random pairs of clusters with Calico's own policies, of both versions of IP: on a node with the first, the patch of IPv6 makes what a fresh
 * apply makes of the rules of the first for IPv4 and those of the second for IPv6.
 */
export function checkIpv6Patches(cases: number, seed: number): Pick<Checked, "cases" | "failure"> {
  let checked = 0;
  const property = fc.property(versionPairsOf(calicoClusters), ([before, after]) => {
    const generation = calico.generations[checked % calico.generations.length]!;
    const flavour = checked % 2 === 0 ? "nft" : "legacy";
    assertPatch(compileManifests(before, generation), compileManifests(after, generation), flavour, 6);
    checked += 1;
  });
  return checkedOf(fc.check(property, { numRuns: cases, seed, endOnFailure: true }), checked);
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

function applyOf({ tables, machine }: Pick<CompileResult, "tables" | "machine">, flavour: Flavour): string {
  return applyScript(tables, machine.ownership, { flavour });
}

function patchOf(before: CompileResult, after: CompileResult, flavour: Flavour, version: IpVersion = 4): string {
  const [old, young] = [resultOfVersion(before, version), resultOfVersion(after, version)];
  return patchScript(old.tables, young.tables, young.machine.ownership, { flavour, version });
}

/** Of rules for one version of IP; those for the other stay as they are in the old state. */
export function assertPatch(old: CompileResult, young: CompileResult, flavour: Flavour, version: IpVersion = 4): void {
  const { machine } = young;
  const versions: readonly IpVersion[] = machine.ownership.ipv6 ? [4, 6] : [4];
  const [first, patched, again, back] = statesAfter(machine.ownership.tables, versions, [
    applyOf(old, flavour),
    patchOf(old, young, flavour, version),
    patchOf(old, young, flavour, version),
    patchOf(young, old, flavour, version),
  ]);
  const ipv6 = (version === 6 ? young : old).tables.ipv6;
  const wanted = { ...(version === 4 ? young : old).tables, ...(ipv6 && { ipv6 }) };
  const [fresh] = statesAfter(machine.ownership.tables, versions, [applyOf({ machine, tables: wanted }, flavour)]);
  expectSame("patch", patched!, fresh!);
  expectSame("patch again", again!, fresh!);
  expectSame("unpatch", back!, first!);
}

/** Of rules for one version of IP. */
export function killPatch(old: CompileResult, young: CompileResult, flavour: Flavour, version: IpVersion): KillReport {
  return killAtEveryStep({
    ownership: resultOfVersion(young, version).machine.ownership,
    version,
    prepare: (namespace) => runScript(namespace, applyOf(old, flavour)),
    script: patchOf(old, young, flavour, version),
  });
}

/** Runs scripts one after the other in a namespace that ends with them; what the kernel holds after each, by version of IP. */
function statesAfter(
  tables: readonly TableName[],
  versions: readonly IpVersion[],
  scripts: readonly string[],
): (readonly State[])[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-patch-"));
  try {
    scripts.forEach((script, index) => writeFileSync(join(folder, `${index}`), script));
    const look = versions.flatMap((version) => [readState(tables, version), `echo "${cut}"`]);
    const steps = scripts.flatMap((_, index) => [`dash ${index}`, ...look]);
    const { stdout, stderr } = execaSync("unshare", ["--net", "sh", "-ec", steps.join("\n")], {
      cwd: folder,
      stripFinalNewline: false,
    });
    if (stderr !== "") throw new Error(stderr);
    const parts = stdout.split(`${cut}\n`);
    const dumps = 3;
    return scripts.map((_, script) =>
      versions.map((_version, index) => {
        const start = (script * versions.length + index) * dumps;
        return stateFrom(parts.slice(start, start + dumps), tables);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectSame(what: string, found: readonly State[], expected: readonly State[]): void {
  const text = (states: readonly State[]): string =>
    states.map(({ nft, legacy, sets }) => `${nft}\n${legacy}\n${sortSets(sets)}`).join("\n");
  if (text(found) !== text(expected)) throw new Error(`${what}: found\n${text(found)}\nexpected\n${text(expected)}`);
}
