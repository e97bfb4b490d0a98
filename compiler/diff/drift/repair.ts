import { chainsOf, isHook, isOwnChain, ownChains, ownSets } from "../../netfilter/owned.js";
import { patchScript } from "../../netfilter/patch-script.js";
import { printRule } from "../../netfilter/print-rule.js";
import type { Chain, IpSet, Rule, TableName, Tables } from "../../netfilter/tables.js";
import { withRules } from "../../netfilter/with-rules.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { compareChain, ruleKey } from "./compare-chain.js";
import { inOrderOf, lineOf } from "./compare-rules.js";
import type { DriftReport } from "./compare-node.js";
import type { DriftFinding } from "./finding.js";
import { knownTables } from "./node-state.js";

export type Repair = { readonly script: string } | { readonly problem: Diagnostic };

/**
 * A patch script from what a node holds to what it holds with every finding mended. What is only a note stays as it is: nothing is
 * reordered, respelled or cleaned up that decides nothing.
 */
export function repairScript(report: DriftReport): Repair {
  const reason = whyNotRepairable(report);
  if (reason !== undefined) return { problem: diagnostic("drift-not-repairable", { reason }) };
  const { node, machine, version, wanted, findings, flavour } = report;
  const { ownership } = machine;
  const { hooks } = wanted;
  const tables = knownTables(node, ownership);
  const state = (chainsIn: (table: TableName) => readonly Chain[], sets: readonly IpSet[]): Tables => ({
    chains: chainsIn("filter"),
    others: tables.flatMap((name) => (name === "filter" ? [] : [{ name, chains: chainsIn(name) }])),
    ...(hooks && { hooks }),
    sets,
  });
  const before = state((table) => chainsOf(node, table), ownSets(node.sets ?? [], ownership));
  const after = state((table) => mendedChains(report, table), mendedSets(report));
  const script = patchScript(before, after, ownership, {
    flavour,
    version,
    name: "repair.sh",
    removesOtherFlavour: findings.some(({ code }) => code === "other-flavour"),
  });
  return { script };
}

/** A patch carries texts of the node to its shell, and must be able to say what it changes. */
function whyNotRepairable({ node, machine, findings }: DriftReport): string | undefined {
  const { ownership } = machine;
  if (node.sets === undefined) return "the sets of the node are not known";
  const strange = (node.otherSets ?? []).find(({ name }) => name.startsWith(ownership.setPrefix));
  if (strange && findings.some(({ set }) => set === strange.name)) {
    return `the set ${strange.name} is of a type that no release makes`;
  }
  for (const chain of knownTables(node, ownership).flatMap((table) => chainsOf(node, table))) {
    for (const rule of chain.rules) {
      if (!isOwnChain(chain, ownership) && !isHook(rule, ownership)) continue;
      if (/[\r\n\0]/.test(printRule(rule))) return `a rule of ${chain.name} is longer than a line`;
    }
  }
  return undefined;
}

function mendedChains(report: DriftReport, table: TableName): Chain[] {
  const { node, machine, wanted } = report;
  const { ownership } = machine;
  const findings = report.findings.filter((finding) => (finding.table ?? "filter") === table);
  const [chainsThere, chainsWanted] = [chainsOf(node, table), chainsOf(wanted, table)];
  const drifted = new Set(findings.filter(isDrift).flatMap(linesOfFinding));
  const reordered = new Set(
    findings.filter((finding) => isDrift(finding) && finding.code === "rule-order").map(({ chain }) => chain),
  );
  const left = new Set(findings.filter(({ code }) => code === "chain-left").map(({ chain }) => chain));
  const there = new Map(chainsThere.map((chain) => [chain.name, chain]));

  const jumpsDrift = findings.some((finding) => isDrift(finding) && finding.code.startsWith("jump-"));
  const foreign = (jumpsDrift ? chainsWanted : chainsThere).filter((chain) => !isOwnChain(chain, ownership));
  const own = ownChains(chainsWanted, ownership).map((chain) => {
    const comparison = compareChain(there.get(chain.name) ?? { name: chain.name, rules: [] }, chain);
    return reordered.has(chain.name) ? inWantedOrder(chain, comparison.kept) : inOrderOf(comparison);
  });
  const leftover = ownChains(chainsThere, ownership).filter(
    ({ name, rules }) => left.has(name) && !rules.some((rule) => drifted.has(lineOf(name, rule))),
  );
  return [...foreign, ...own, ...leftover];
}

/** The wanted rules, those that the node has as it spells them. */
function inWantedOrder(wanted: Chain, kept: readonly Rule[]): Chain {
  const spelled = new Map<string, Rule[]>();
  for (const rule of kept) spelled.set(ruleKey(rule), [...(spelled.get(ruleKey(rule)) ?? []), rule]);
  const rules = wanted.rules.map((rule) => spelled.get(ruleKey(rule))?.shift() ?? rule);
  return withRules(wanted, rules);
}

function mendedSets({ node, machine, wanted, findings }: DriftReport): IpSet[] {
  const bySet = new Map<string, DriftFinding>();
  for (const finding of findings) if (finding.set !== undefined && isDrift(finding)) bySet.set(finding.set, finding);
  const goal = new Map(wanted.sets.map((set) => [set.name, set]));
  const there = ownSets(node.sets ?? [], machine.ownership);
  const known = new Set(there.map(({ name }) => name));
  const stay = there.flatMap((set): IpSet[] => {
    const finding = bySet.get(set.name);
    const wish = goal.get(set.name);
    if (!finding) return [set];
    if (!wish) return [];
    if (finding.code !== "set-members") return [wish];
    const wrong = new Set(finding.unexpectedMembers);
    const members = [...set.members.filter((member) => !wrong.has(member)), ...(finding.missingMembers ?? [])];
    return [{ ...set, members }];
  });
  return inKernelOrder([...stay, ...wanted.sets.filter(({ name }) => !known.has(name) && bySet.has(name))]);
}

/** Lists of sets last: they need the others. */
function inKernelOrder(sets: readonly IpSet[]): IpSet[] {
  return [...sets.filter(({ type }) => type !== "list:set"), ...sets.filter(({ type }) => type === "list:set")];
}

function isDrift({ severity }: DriftFinding): boolean {
  return severity === "drift";
}

function linesOfFinding({ unexpectedRules }: DriftFinding): readonly string[] {
  return unexpectedRules ?? [];
}
