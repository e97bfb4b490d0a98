import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { commitLines, movedHookChains, type Commit } from "./commit-lines.js";
import type { Ownership } from "./ownership.js";
import { planPatch, type PatchPlan, type RuleState, type TableState } from "./patch-plan.js";
import { hookText, knownHookLines, knownPlaces } from "./placed-hooks.js";
import { printChains } from "./print-iptables-save.js";
import { patchFunctions, readManyChains, readManySets } from "./patch-library.js";
import { describePatch } from "./describe-patch.js";
import { scriptHead, shellQuote, type ScriptOptions } from "./script-library.js";
import { checkLines, checkNames, hereDocument, refusal } from "./script-text.js";
import { setChanges, type SetChanges } from "./set-changes.js";
import type { TableName, Tables } from "./tables.js";
import type { IpVersion } from "../text/ip-version.js";

export interface PatchOptions extends ScriptOptions {
  /** The version of IP that the tables are for; 4 otherwise. */
  readonly version?: IpVersion;
  /** What messages call the script; `patch.sh` otherwise. */
  readonly name?: string;
  /** In the end, the owner's chains under the other flavour of iptables go. */
  readonly removesOtherFlavour?: boolean;
}

/**
 * A POSIX shell script that brings a node from the owner's chains and sets of `before` to those of `after` by the fewest commands. What it
 * does is undone by the script the other way round. It changes nothing that is the same in both, and reads no more than what it changes.
 *
 * How it keeps its promise that at every moment, a kill included, a connection passes that both states let pass, and none that both deny:
 *
 * - All rules change in one commit, and a set that no rule in force uses changes in peace: before the commit when only the new rules use
 *   it, after it when only the old ones do.
 * - A set that rules use before and after changes member by member where no packet can meet two of the changes (`memberByMember`); as
 *   the only one it is exchanged for its copy at once; else all that change, and the lists that hold them, are copied under
 *   temporary names, a first commit puts the new rules in force on the copies, and a second moves them back when the sets under
 *   the final names are up to date. The script says which of these it does, and why.
 *
 * It begins with a look at the chains and sets that it changes. They must be as before, as between two of its own steps, or as after; else the
 * script refuses. Where an earlier run was killed it goes on from there, and where all is done it does nothing.
 */
export function patchScript(before: Tables, after: Tables, ownership: Ownership, options: PatchOptions): string {
  const { name = "patch.sh", version = 4, removesOtherFlavour = false } = options;
  const plan = planPatch(before, after, ownership);
  const description = describePatch(plan, ownership, version);
  const head = ["#!/bin/sh", ...description, scriptHead(name, ownership, { ...options, version })];
  if (plan.difference.same && plan.states.length === 1 && !removesOtherFlavour) {
    return `${head[0]!}\n# Nothing is to be done.\nexit 0\n`;
  }
  for (const { chains } of plan.states.flat()) {
    checkNames([...before.sets, ...after.sets], chains, ownership);
    checkLines(printChains(chains), chains);
  }
  const steps = commitsOf(plan);
  const refusals = refusal(
    plan.states.at(-1)!.flatMap(({ chains }) => chains),
    options.flavour,
  );
  const sets = setChanges(plan);
  const documents = Object.entries(sets.documents).filter(([, text]) => text !== "");
  return [
    ...head,
    "",
    mainFunction(plan, new Set(documents.map(([name]) => name)), removesOtherFlavour, refusals),
    findStage(plan, steps, knownHookLines(knownPlaces(before, after, ownership))),
    ...(sets.touched.length > 0 ? [checkSets(sets)] : []),
    ...documents.map(([name, text]) => hereDocument(name, text)),
    ...steps.map((commit, index) => commitFunction(`commit_${index + 1}`, commit)),
    patchFunctions,
    "main\nexit 0\n",
  ].join("\n");
}

/** Between each two states one table changes. */
function commitsOf({ states }: PatchPlan): Commit[] {
  return states.slice(1).map((state, index) => {
    const at = state.findIndex((table, at) => table !== states[index]![at]);
    return commitLines(states[index]![at]!, state[at]!);
  });
}

function mainFunction(
  { states, firstCommits, live, copied, removed }: PatchPlan,
  documents: ReadonlySet<string>,
  removesOtherFlavour: boolean,
  refusals: readonly string[],
): string {
  const commits = states.length - 1;
  const touchesSets = documents.size > 0 || removed.length > 0;
  const fresh = states[0]!.every(({ chains }) => chains.length === 0);
  const change = (name: string): string[] => (documents.has(name) ? [`run_changes ${name}`] : []);
  const commit = (index: number): string[] => [`[ "$stage" -gt ${index} ] || attempt commit_${index + 1}`];
  const ahead = [
    ...(copied.length > 0 ? ["clear_copies"] : []),
    ...change("ahead"),
    ...(copied.length > 0 ? ["load_copies"] : []),
    ...(live.way === "swap" ? ["swap_copies"] : []),
    ...(live.way === "members" ? change("live") : []),
  ];
  const between = live.way === "copies" ? change("live") : [];
  const last = [
    ...change("later"),
    ...(copied.length > 0 ? ["clear_copies"] : []),
    ...(removesOtherFlavour ? ['remove_chains "$other_flavour" "$other_save" "$other_restore"'] : []),
    ...(removed.length > 0 ? ["destroy_removed"] : []),
  ];
  const indexes = states.slice(1).map((_, index) => index);
  const lines = [
    "  find_tools",
    "  check_root",
    ...refusals,
    ...(touchesSets || removesOtherFlavour || fresh ? ["  make_workplace"] : []),
    "  lock",
    "  find_stage",
    ...(parts.some((name) => documents.has(name)) ? ["  check_sets"] : []),
    ...(commits > 0 && looksAlike(states[0]!, states.at(-1)!) ? [`  [ "$sets" != after ] || stage=${commits}`] : []),
    ...branch('"$stage" = 0', ahead),
    ...indexes.slice(0, firstCommits).flatMap((index) => commit(index).map((line) => `  ${line}`)),
    ...branch(`"$stage" -le ${firstCommits}`, between),
    ...indexes.slice(firstCommits).flatMap((index) => commit(index).map((line) => `  ${line}`)),
    ...last.map((line) => `  ${line}`),
  ];
  return `main() {\n${lines.join("\n")}\n}\n`;
}

/** Whether the rules of two states are the same; the sets must tell them apart then. */
function looksAlike(one: RuleState, other: RuleState): boolean {
  return sameChains(one, other) && one.every((table, index) => movedHookChains(table, other[index]!).length === 0);
}

function sameChains(one: RuleState, other: RuleState): boolean {
  return one.every(({ chains }, index) => printChains(chains) === printChains(other[index]!.chains));
}

/** Documents with changes of sets. */
const parts = ["ahead", "live", "later"] as const;

function branch(condition: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`  if [ ${condition} ]; then`, ...lines.map((line) => `    ${line}`), "  fi"];
}

/** What the script looks at to tell the states apart. */
interface Looks {
  readonly hookChains: readonly { readonly table: TableName; readonly chain: string }[];
  readonly chains: readonly { readonly table: TableName; readonly name: string }[];
}

function looksOf({ states }: PatchPlan, commits: readonly Commit[]): Looks {
  const hookChains = states[0]!.flatMap(({ table }, at) => {
    const moved = states.slice(1).flatMap((state, index) => movedHookChains(states[index]![at]!, state[at]!));
    return [...new Set(moved)].sort().map((chain) => ({ table, chain }));
  });
  const chains = states[0]!.flatMap(({ table }) => {
    const touched = commits.filter((commit) => commit.table === table).flatMap((commit) => commit.touched);
    return [...new Set(touched)].sort().map((name) => ({ table, name }));
  });
  return { hookChains, chains };
}

/** Which of the states the node is in, by number: all that changes in a table is in the same, since it changes in one commit. */
function findStage(plan: PatchPlan, commits: readonly Commit[], knownHooks: string): string {
  const { states } = plan;
  const looks = looksOf(plan, commits);
  const { hookChains, chains } = looks;
  const digests = states.map((state) => digestOf(looksText(state, looks)));
  // Rules that end as they began are before until the sets say more; a hook that moves may move again.
  const cases = digests.flatMap((digest, index) =>
    digests.indexOf(digest) < index ? [] : [`    ${digest}*) stage=${index} ;;`],
  );
  digests.forEach((digest, index) => {
    const first = digests.indexOf(digest);
    if (index < states.length - 1 && !sameChains(states[first]!, states[index]!)) {
      throw new Error("two states of a patch look alike");
    }
  });
  const touched = new Set(commits.map(({ table }) => table));
  const moved = new Set(hookChains.map(({ table, chain }) => `${table} ${chain}`));
  const checks = states[0]!
    .filter(({ table }) => touched.has(table))
    .flatMap(({ table, hooks }) =>
      hooks
        .filter(({ chain }) => !moved.has(`${table} ${chain}`))
        .map(({ chain, text }) => `  check_hook ${table} ${shellQuote(chain)} ${shellQuote(text)}`),
    );
  const fresh = states[0]!.every((table) => table.chains.length === 0) ? ["  check_flavour"] : [];
  const shown = [...hookChains.map(({ table, chain }) => `show_hooks ${table} ${shellQuote(chain)}`), "show_chains"];
  const names = [
    ...hookChains.map(({ table, chain }) => `${chain} of ${table}`),
    ...chains.map(({ table, name }) => (table === "filter" ? name : `${name} of ${table}`)),
  ];
  return [
    "find_stage() {",
    ...fresh,
    "  find_tables",
    `  digest=$({ ${shown.join("; ")}; } 2>/dev/null | sha256sum)`,
    "  case $digest in",
    ...cases,
    `    *) refuse ${shellQuote(`this node is neither as before this patch nor as after it: compare ${excerptOf(names)}`)} ;;`,
    "  esac",
    ...checks,
    "}",
    "",
    ...(hookChains.length > 0 ? [hereDocument("known_hooks", knownHooks)] : []),
    ...(chains.length > manyObjects
      ? [hereDocument("touched_chains", lines(chains.map(({ table, name }) => `${table} ${name}`))), readManyChains]
      : [readFewChains(chains)]),
  ].join("\n");
}

/** As the script prints what it looks at. */
function looksText(state: RuleState, { hookChains, chains }: Looks): string {
  const tableOf = (name: TableName): TableState => state.find(({ table }) => table === name)!;
  const hooks = hookChains.flatMap(({ table, chain }) =>
    tableOf(table)
      .hooks.filter((hook) => hook.chain === chain)
      .map(hookText),
  );
  const rules = chains.map(({ table, name }) => {
    const chain = tableOf(table).chains.find((each) => each.name === name);
    // As `iptables -S` prints it.
    return chain ? `-N ${name}\n${printChains([chain]).split("\n").slice(1).join("\n")}` : "";
  });
  return lines(hooks) + rules.join("");
}

function readFewChains(chains: Looks["chains"]): string {
  if (chains.length === 0) return "show_chains() { :; }\n";
  return `show_chains() {\n${chains.map(({ table, name }) => `  show_chain ${table} ${shellQuote(name)}\n`).join("")}}\n`;
}

function checkSets({ touched, kept, after, documents }: SetChanges): string {
  const names = parts.filter((name) => documents[name] !== "");
  const read = touched.length > manyObjects ? readManySets : `show_sets() {\n  ${readFewSets(touched)}\n}\n`;
  return [
    `touched_digest=${digestOf(after)}`,
    `kept_digest=${digestOf(kept)}`,
    `parts=${shellQuote(names.join(" "))}`,
    `touched_names=${shellQuote(excerptOf(touched))}`,
    ...(touched.length > manyObjects ? [hereDocument("touched_sets", lines(touched))] : []),
    read,
  ].join("\n");
}

function readFewSets(touched: readonly string[]): string {
  return touched.map((name) => `ipset save ${shellQuote(name)}`).join("\n  ");
}

function commitFunction(name: string, { table, lines: text, behind }: Commit): string {
  const rules = `*${table}\n${lines(text)}`;
  const feed = '"$restore" -w 60 --noflush';
  if (behind.length === 0) return hereDocument(name, `${rules}COMMIT\n`, feed);
  // Asked before iptables-restore takes its lock.
  const places = behind.map(
    ({ chain, after, nth }, index) =>
      `  place_${index + 1}=$(hook_place ${table} ${shellQuote(chain)} ${shellQuote(after)} ${nth - 1})`,
  );
  const inserts = behind.map(({ chain, text }, index) => `"-I ${chain} $place_${index + 1}"${shellQuote(` ${text}`)}`);
  return [
    hereDocument(`${name}_rules`, rules),
    `${name}() {`,
    ...places,
    `  { ${name}_rules; printf '%s\\n' ${[...inserts, "COMMIT"].join(" ")}; } | ${feed}`,
    "}\n",
  ].join("\n");
}

function excerptOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}

function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** So many chains, or sets, are read one by one; of more, all are read at once. */
const manyObjects = 10;
