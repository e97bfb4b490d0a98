import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { commitLines, type Commit } from "./commit-lines.js";
import type { Ownership } from "./ownership.js";
import { planPatch, type PatchPlan, type RuleState } from "./patch-plan.js";
import { printChains } from "./print-iptables-save.js";
import { patchFunctions, readManyChains, readManySets } from "./patch-library.js";
import { describePatch } from "./describe-patch.js";
import { scriptHead, shellQuote, type ScriptOptions } from "./script-library.js";
import { checkLines, checkNames, hereDocument } from "./script-text.js";
import { setChanges, type SetChanges } from "./set-changes.js";
import type { Tables } from "./tables.js";

export interface PatchOptions extends ScriptOptions {
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
  const { name = "patch.sh", removesOtherFlavour = false } = options;
  const plan = planPatch(before, after, ownership);
  const head = ["#!/bin/sh", ...describePatch(plan, ownership), scriptHead(name, ownership, options)];
  if (plan.difference.same && plan.states.length === 1 && !removesOtherFlavour) {
    return `${head[0]!}\n# Nothing is to be done.\nexit 0\n`;
  }
  for (const { chains } of plan.states) {
    checkNames([...before.sets, ...after.sets], chains, ownership);
    checkLines(printChains(chains), chains);
  }
  const commits = plan.states.slice(1).map((state, index) => commitLines(plan.states[index]!, state, ownership));
  const touched = touchedChains(plan.states, commits);
  const sets = setChanges(plan);
  const documents = Object.entries(sets.documents).filter(([, text]) => text !== "");
  return [
    ...head,
    "",
    mainFunction(plan, new Set(documents.map(([name]) => name)), removesOtherFlavour),
    findStage(plan, touched, ownership),
    ...(sets.touched.length > 0 ? [checkSets(sets)] : []),
    ...documents.map(([name, text]) => hereDocument(name, text)),
    ...commits.map((commit, index) => commitFunction(`commit_${index + 1}`, commit)),
    patchFunctions,
    "main\nexit 0\n",
  ].join("\n");
}

function mainFunction(
  { states, live, copied, removed }: PatchPlan,
  documents: ReadonlySet<string>,
  removesOtherFlavour: boolean,
): string {
  const [twoCommits, touchesSets] = [states.length === 3, documents.size > 0 || removed.length > 0];
  const needsFiles = touchesSets || removesOtherFlavour || states[0]!.chains.length === 0;
  const change = (name: string): string[] => (documents.has(name) ? [`run_changes ${name}`] : []);
  const first = [
    ...(copied.length > 0 ? ["clear_copies"] : []),
    ...change("ahead"),
    ...(copied.length > 0 ? ["load_copies"] : []),
    ...(live.way === "swap" ? ["swap_copies"] : []),
    ...(live.way === "members" ? change("live") : []),
    ...(states.length > 1 ? ["attempt commit_1"] : []),
  ];
  const second = twoCommits ? [...change("live"), "attempt commit_2"] : [];
  const last = [
    ...change("later"),
    ...(copied.length > 0 ? ["clear_copies"] : []),
    ...(removesOtherFlavour ? ['remove_chains "$other_flavour" "$other_save" "$other_restore"'] : []),
    ...(removed.length > 0 ? ["destroy_removed"] : []),
  ];
  const lines = [
    "  find_tools",
    ...(needsFiles ? ["  check_root", "  make_workplace"] : []),
    "  lock",
    "  find_stage",
    ...(parts.some((name) => documents.has(name)) ? ["  check_sets"] : []),
    ...(twoCommits && sameRules(states[0]!, states[2]!) ? ['  [ "$sets" != after ] || stage=after'] : []),
    ...branch('"$stage" = before', first),
    ...branch('"$stage" != after', second),
    ...last.map((line) => `  ${line}`),
  ];
  return `main() {\n${lines.join("\n")}\n}\n`;
}

function sameRules(before: RuleState, after: RuleState): boolean {
  return printChains(before.chains) === printChains(after.chains);
}

/** Documents with changes of sets. */
const parts = ["ahead", "live", "later"] as const;

function branch(condition: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`  if [ ${condition} ]; then`, ...lines.map((line) => `    ${line}`), "  fi"];
}

/** Chains that any commit touches, by name. */
function touchedChains(states: readonly RuleState[], commits: readonly Commit[]): string[] {
  const touched = new Set(commits.flatMap((commit) => commit.touched));
  return [...new Set(states.flatMap(({ chains }) => chains.map(({ name }) => name)))]
    .filter((name) => touched.has(name))
    .sort();
}

/** Which of the states the node is in. All chains that change are in the same, since they change in one commit. */
function findStage({ states }: PatchPlan, touched: readonly string[], ownership: Ownership): string {
  const names = states.length === 3 ? ["before", "middle", "after"] : ["before", "after"].slice(0, states.length);
  const jumpChains = chainsWithOtherJumps(states);
  const digests = states.map((state) => digestOf(jumpsText(state, jumpChains) + chainsText(state, touched)));
  // Rules that end as they began are before until the sets say more.
  const cases = states.map((state, index) => {
    if (digests.indexOf(digests[index]!) < index) return [];
    const jumps = jumpChains.length > 0 ? [] : state.jumps.filter(({ from }) => from === ownership.jump.from);
    const checks = jumps.map(({ text }) => ` && has_jump ${shellQuote(text)}`).join("");
    return [`    ${digests[index]!}*) stage=${names[index]!}${checks} ;;`];
  });
  const fresh = states[0]!.chains.length === 0 ? ["  check_flavour"] : [];
  const looks = [...jumpChains.map((chain) => `show_jumps ${shellQuote(chain)}`), "show_chains"].join("; ");
  const many = touched.length > manyObjects;
  return [
    "find_stage() {",
    ...fresh,
    "  read_jumps",
    `  digest=$({ ${looks}; } 2>/dev/null | sha256sum)`,
    "  stage=",
    "  case $digest in",
    ...cases.flat(),
    "  esac || stage=",
    `  [ -n "$stage" ] || refuse_chains ${touched.length > 0 ? shellQuote(excerptOf(touched)) : "''"}`,
    "}",
    "",
    ...(many ? [hereDocument("touched_chains", lines(touched)), readManyChains] : [readFewChains(touched)]),
  ].join("\n");
}

/** Other people's chains whose jumps to the owner's chains are not the same in all states. */
function chainsWithOtherJumps(states: readonly RuleState[]): string[] {
  const chains = [...new Set(states.flatMap(({ jumps }) => jumps.map(({ from }) => from)))].sort();
  return chains.filter((chain) => new Set(states.map((state) => jumpsText(state, [chain]))).size > 1);
}

/** As `show_jumps` of the script prints the jumps of these chains. */
function jumpsText({ jumps }: RuleState, chains: readonly string[]): string {
  const its = chains.flatMap((chain) => jumps.filter(({ from }) => from === chain));
  return lines(its.map(({ from, text, inPlace }) => `${inPlace ? "in place " : ""}-A ${from} ${text}`));
}

/** As `iptables -S` prints chains that exist. */
function chainsText({ chains }: RuleState, touched: readonly string[]): string {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  return touched
    .map((name) => {
      const chain = byName.get(name);
      if (!chain) return "";
      return `-N ${name}\n${printChains([chain]).split("\n").slice(1).join("\n")}`;
    })
    .join("");
}

function readFewChains(touched: readonly string[]): string {
  if (touched.length === 0) return "show_chains() { :; }\n";
  return `show_chains() {\n${touched.map((name) => `  show_chain ${shellQuote(name)}\n`).join("")}}\n`;
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

function commitFunction(name: string, { lines: text, insertsJump }: Commit): string {
  const rules = `*filter\n${lines(text)}`;
  const feed = '"$restore" -w 60 --noflush';
  if (!insertsJump) return hereDocument(name, `${rules}COMMIT\n`, feed);
  return [
    hereDocument(`${name}_rules`, rules),
    `${name}() {`,
    `  { ${name}_rules; printf '%s\\n' "-I $jump_chain $(jump_place) $jump_rule" COMMIT; } | ${feed}`,
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
