import { chainsOf, ownChains } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import { printRule } from "../../netfilter/print-rule.js";
import type { Chain, Rule, TableName, Tables } from "../../netfilter/tables.js";
import { withRules } from "../../netfilter/with-rules.js";
import type { Origin } from "../../text/origin.js";
import { compareChain, ruleKey, type ChainComparison } from "./compare-chain.js";
import type { DriftFinding } from "./finding.js";
import { firstOtherVerdict } from "./verdicts.js";
import type { IpVersion } from "../../text/ip-version.js";

export interface RuleContext {
  /** The version of IP that the rules are for. */
  readonly version: IpVersion;
  readonly ownership: Ownership;
  readonly table: TableName;
  /** The policy that asks for something, `namespace/name` or name. */
  readonly policyOf: (origin: Origin | undefined) => string | undefined;
  /** Chains and rules that are there with some policy or none: what an engine leaves when its last policy goes. */
  readonly skeleton: readonly Chain[];
  /** The policy that a comment of a rule names. */
  readonly policyNamed: (comment: string) => string | undefined;
}

/** The owner's chains of a node beside the wanted ones. */
export function compareRules(node: readonly Chain[], wanted: Tables, context: RuleContext): DriftFinding[] {
  const { ownership, table } = context;
  const there = new Map(ownChains(node, ownership).map((chain) => [chain.name, chain]));
  const wantedChains = ownChains(chainsOf(wanted, table), ownership);
  const wantedNames = new Set(wantedChains.map(({ name }) => name));
  const strangers = [...there.values()].filter(({ name }) => !wantedNames.has(name));

  const comparisons = wantedChains.map((chain) =>
    compareChain(there.get(chain.name) ?? { name: chain.name, rules: [] }, chain),
  );
  return [
    ...missingParts(comparisons, there, context),
    ...strangeChains(strangers, node, context),
    ...comparisons.flatMap((comparison) => surplusRules(comparison, strangers, context)),
    ...orderOf(comparisons, wanted, context),
    ...comparisons.flatMap((comparison) => spelling(comparison, context)),
  ];
}

/** What is missing: by policy, or rule by rule where most of a policy is there. */
function missingParts(
  comparisons: readonly ChainComparison[],
  there: ReadonlyMap<string, Chain>,
  context: RuleContext,
): DriftFinding[] {
  const { policyOf, table } = context;
  const findings: DriftFinding[] = [];
  const policies = new Map<string, PolicyParts>();
  for (const { name, wanted, missing } of comparisons) {
    const gone = !there.has(name);
    const owner = policyOf(wanted.origin);
    if (gone && owner === undefined) {
      const origin = wanted.origin && { origin: wanted.origin };
      findings.push({
        code: "chain-missing",
        severity: "drift",
        message: `the chain ${named(name, table)} is not there`,
        ...placeOf(name, table),
        ...origin,
        missingRules: linesOf(name, wanted.rules),
      });
    }
    if (gone && owner !== undefined) partsOf(policies, owner, wanted.origin!).incomplete = true;
    const lacking = new Set(missing);
    for (const rule of wanted.rules) {
      const policy = policyOf(rule.origin);
      if (policy === undefined) {
        if (!lacking.has(rule) || gone) continue;
        findings.push(missingRule(name, rule, context));
        continue;
      }
      const parts = partsOf(policies, policy, rule.origin!);
      parts.wanted += 1;
      if (lacking.has(rule)) parts.missing.push([name, rule]);
    }
    if (owner !== undefined && wanted.rules.length > 0 && missing.length === wanted.rules.length) {
      partsOf(policies, owner, wanted.origin!).incomplete = true;
    }
  }
  const entrances = entrancesOf(comparisons);
  for (const [policy, parts] of policies) {
    const lines = parts.missing.map(([chain, rule]) => lineOf(chain, rule));
    const unreached = parts.missing.some(([, rule]) => isLastEntrance(rule, entrances));
    const whole = parts.missing.length === parts.wanted && parts.wanted > 0;
    if (whole || parts.incomplete || unreached) {
      findings.push({
        code: whole ? "policy-missing" : "policy-incomplete",
        severity: "drift",
        message: whole
          ? `none of the ${parts.wanted} rules of the policy is there`
          : `${lines.length} of the ${parts.wanted} rules of the policy are not there, and what is there is not whole`,
        policy,
        origin: parts.origin,
        ...(table !== "filter" && { table }),
        missingRules: lines,
      });
    } else for (const [chain, rule] of parts.missing) findings.push(missingRule(chain, rule, context));
  }
  return findings;
}

interface PolicyParts {
  readonly origin: Origin;
  wanted: number;
  readonly missing: [chain: string, rule: Rule][];
  incomplete: boolean;
}

function partsOf(policies: Map<string, PolicyParts>, policy: string, origin: Origin): PolicyParts {
  let parts = policies.get(policy);
  if (!parts) policies.set(policy, (parts = { origin, wanted: 0, missing: [], incomplete: false }));
  return parts;
}

/** Chain → rules of the node that lead to it and are wanted. */
function entrancesOf(comparisons: readonly ChainComparison[]): ReadonlyMap<string, number> {
  const entrances = new Map<string, number>();
  for (const { wanted, kept } of comparisons) {
    if (wanted.origin?.kind === "field") entrances.set(wanted.name, entrances.get(wanted.name) ?? 0);
    for (const rule of kept) {
      const to = targetOf(rule);
      if (to !== undefined) entrances.set(to, (entrances.get(to) ?? 0) + 1);
    }
  }
  return entrances;
}

function isLastEntrance(rule: Rule, entrances: ReadonlyMap<string, number>): boolean {
  const to = targetOf(rule);
  return to !== undefined && entrances.get(to) === 0;
}

function missingRule(chain: string, rule: Rule, { policyOf, table }: RuleContext): DriftFinding {
  const policy = policyOf(rule.origin);
  return {
    code: "rule-missing",
    severity: "drift",
    message: `a rule of ${named(chain, table)} is not there`,
    ...(policy !== undefined && { policy }),
    ...(rule.origin && { origin: rule.origin }),
    ...placeOf(chain, table),
    missingRules: [lineOf(chain, rule)],
  };
}

/** Chains that nothing asks for, with the rules that lead to them. */
function strangeChains(strangers: readonly Chain[], node: readonly Chain[], context: RuleContext): DriftFinding[] {
  const { table } = context;
  const entrances = new Map<string, [chain: string, rule: Rule][]>(strangers.map(({ name }) => [name, []]));
  for (const { name, rules } of node) {
    for (const rule of rules) entrances.get(targetOf(rule) ?? "")?.push([name, rule]);
  }
  const skeleton = new Map(context.skeleton.map((chain) => [chain.name, new Set(chain.rules.map(ruleKey))]));
  return strangers.map((chain): DriftFinding => {
    const { name, rules } = chain;
    const into = entrances.get(name)!;
    const usual = skeleton.get(name);
    if ((rules.length === 0 && into.length === 0) || (usual && rules.every((rule) => usual.has(ruleKey(rule))))) {
      const message = `nothing needs the chain ${named(name, table)} any more`;
      return { code: "chain-left", severity: "note", message, ...placeOf(name, table) };
    }
    const policy = [...into.map(([, rule]) => rule), ...rules].flatMap(commentOf).flatMap((comment) => {
      const named = context.policyNamed(comment);
      return named === undefined ? [] : [named];
    })[0];
    const inForce = into.length > 0 && rules.length > 0;
    const code =
      policy === undefined && inForce ? "chain-unexpected" : inForce ? "policy-stale" : "policy-half-deleted";
    return {
      code,
      severity: "drift",
      message: inForce
        ? `the chain ${named(name, table)} is in force, and the manifests do not ask for it`
        : into.length === 0
          ? `the chain ${named(name, table)} still has rules, and nothing leads to it`
          : `rules still lead to the chain ${named(name, table)}, which is empty`,
      ...(policy !== undefined && { policy }),
      ...placeOf(name, table),
      unexpectedRules: [...into.map(([from, rule]) => lineOf(from, rule)), ...linesOf(name, rules)],
    };
  });
}

/** Rules of wanted chains that are too many; those that lead to strange chains are told there. */
function surplusRules(
  comparison: ChainComparison,
  strangers: readonly Chain[],
  { policyOf, table }: RuleContext,
): DriftFinding[] {
  const { name, unexpected, duplicated, wanted } = comparison;
  const strange = new Set(strangers.map((chain) => chain.name));
  const owner = policyOf(wanted.origin);
  const policy = owner !== undefined && { policy: owner };
  const findings = unexpected
    .filter((rule) => !strange.has(targetOf(rule) ?? ""))
    .map((rule): DriftFinding => ({
      code: "rule-unexpected",
      severity: "drift",
      message: `nothing asks for a rule of ${named(name, table)}`,
      ...policy,
      ...placeOf(name, table),
      unexpectedRules: [lineOf(name, rule)],
    }));
  const twice = duplicated.map((rule): DriftFinding => {
    const original = wanted.rules.find((each) => ruleKey(each) === ruleKey(rule));
    const its = policyOf(original?.origin) ?? owner;
    return {
      code: "rule-duplicated",
      severity: "drift",
      message: `a rule of ${named(name, table)} stands there more than once`,
      ...(its !== undefined && { policy: its }),
      ...(original?.origin && { origin: original.origin }),
      ...placeOf(name, table),
      unexpectedRules: [lineOf(name, rule)],
    };
  });
  return [...findings, ...twice];
}

/** An order is a note, unless some packet fares otherwise by it. */
function orderOf(
  comparisons: readonly ChainComparison[],
  wanted: Tables,
  { version, policyOf, table }: RuleContext,
): DriftFinding[] {
  const moved = comparisons.filter((comparison) => comparison.moved > 0);
  if (moved.length === 0) return [];
  const verdict = table === "filter" ? verdictOf(moved, wanted, version) : "packets may fare otherwise";
  return moved.map(({ name, moved: count, wanted: chain }): DriftFinding => {
    const policy = policyOf(chain.origin);
    return {
      code: "rule-order",
      severity: verdict === undefined ? "note" : "drift",
      message: `${count} of the rules of ${named(name, table)} stand at another place; ${verdict ?? "no packet fares otherwise by it"}`,
      ...(policy !== undefined && { policy }),
      ...placeOf(name, table),
    };
  });
}

function verdictOf(
  moved: readonly ChainComparison[],
  wanted: Tables,
  version: RuleContext["version"],
): string | undefined {
  const reordered = new Map(moved.map((comparison) => [comparison.name, inOrderOf(comparison)]));
  const chains = wanted.chains.map((chain) => reordered.get(chain.name) ?? chain);
  const verdict = firstOtherVerdict(wanted, { ...wanted, chains }, version);
  return verdict === undefined ? undefined : `by the order ${verdict}`;
}

/** The wanted rules in the order of the node; those that it lacks stand behind the ones before them. */
export function inOrderOf({ wanted, kept, missing }: ChainComparison): Chain {
  const lacking = new Set(missing);
  const rules = [...kept];
  let previous: string | undefined;
  for (const rule of wanted.rules) {
    const key = ruleKey(rule);
    if (lacking.has(rule)) {
      const at = previous === undefined ? -1 : rules.findLastIndex((each) => ruleKey(each) === previous);
      rules.splice(at + 1, 0, rule);
    }
    previous = key;
  }
  return withRules(wanted, rules);
}

function spelling({ name, respelled, wanted }: ChainComparison, { policyOf, table }: RuleContext): DriftFinding[] {
  if (respelled.length === 0) return [];
  const policy = policyOf(wanted.origin);
  const count = respelled.length === 1 ? "a rule" : `${respelled.length} rules`;
  return [
    {
      code: "rule-spelling",
      severity: "note",
      message: `${count} of ${named(name, table)}: the same matches in another order, or another comment`,
      ...(policy !== undefined && { policy }),
      ...placeOf(name, table),
    },
  ];
}

/** A chain with its table, where that is not filter. */
export function named(chain: string, table: TableName): string {
  return table === "filter" ? chain : `${chain} in ${table}`;
}

/** The same as fields of a finding. */
export function placeOf(chain: string, table: TableName): Pick<DriftFinding, "chain" | "table"> {
  return { chain, ...(table !== "filter" && { table }) };
}

export function lineOf(chain: string, rule: Rule): string {
  return `-A ${chain} ${printRule(rule)}`.trimEnd();
}

function linesOf(chain: string, rules: readonly Rule[]): string[] {
  return rules.map((rule) => lineOf(chain, rule));
}

function targetOf({ target }: Rule): string | undefined {
  return target?.kind === "jump" || target?.kind === "goto" ? target.to : undefined;
}

function commentOf({ matches }: Rule): string[] {
  return matches.flatMap((match) => (match.kind === "comment" ? [match.text] : []));
}
