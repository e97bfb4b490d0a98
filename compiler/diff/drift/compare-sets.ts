import { diffSet } from "../../netfilter/tables-difference.js";
import type { OtherSet } from "../../netfilter/parse-ipset-save.js";
import type { Chain, IpSet, Tables } from "../../netfilter/tables.js";
import type { Origin } from "../../text/origin.js";
import type { DriftFinding } from "./finding.js";

export interface SetContext {
  /** Rules of the node. */
  readonly chains: readonly Chain[];
  /** The policy that asks for a rule. */
  readonly policyOf: (origin: Origin | undefined) => string | undefined;
  /** Addresses that no pod has any more may stay in sets. */
  readonly leavesMembers: boolean;
  /** Sets that nothing uses any more may keep what is in them. */
  readonly leavesFilledSets: boolean;
  /** What namespaces that the manifests do not define bring by themselves: sets, each with members. */
  readonly implied: readonly IpSet[];
  readonly otherSets: readonly OtherSet[];
}

/** The owner's sets of a node beside the wanted ones. */
export function compareSets(node: readonly IpSet[], wanted: Tables, context: SetContext): DriftFinding[] {
  const there = new Map(node.map((set) => [set.name, set]));
  const strangers = new Map(context.otherSets.map((set) => [set.name, set]));
  const wantedNames = new Set(wanted.sets.map(({ name }) => name));
  const explain = explanations(wanted, context);
  const findings = [
    ...wanted.sets.flatMap((set): DriftFinding[] => {
      const found = there.get(set.name);
      if (found) return [...compareOne(found, set, explain)];
      if (strangers.has(set.name)) return [about(set, "set-type", `${calledOf(set)} is of another type`)];
      if (explain.isImplied(set.name)) {
        return [about(set, "namespace-implied", `${calledOf(set)} is not there`, "note")];
      }
      return [about(set, "set-missing", `${calledOf(set)} is not there`)];
    }),
    ...node.filter(({ name }) => !wantedNames.has(name)).map((set) => unexpectedSet(set, context)),
    ...context.otherSets
      .filter(({ name }) => !wantedNames.has(name))
      .map((set): DriftFinding => ({
        code: "set-unexpected",
        severity: "drift",
        message: `nothing asks for the set ${set.name}`,
        set: set.name,
      })),
  ];
  const users = usersOf(wanted, context);
  return findings.map((finding) => {
    const usedBy = users.get(finding.set ?? "");
    return usedBy ? { ...finding, usedBy, ...(usedBy.length === 1 && { policy: usedBy[0]! }) } : finding;
  });
}

interface Explanations {
  /** An address that no wanted set holds, where the release leaves such. */
  isLeft(member: string): boolean;
  /** A set that only a namespace brings which the manifests do not define, and that no rule uses. */
  isImplied(set: string): boolean;
  /** Likewise a member of a list of sets, which decides nothing. */
  isImpliedMember(list: string, member: string): boolean;
}

function explanations(wanted: Tables, { leavesMembers, implied }: SetContext): Explanations {
  const sets = new Map(wanted.sets.map((set) => [set.name, set]));
  const brought = new Map(implied.map((set) => [set.name, new Set(set.members)]));
  const used = usedSets(wanted.chains);
  const known = new Set<string>();
  if (leavesMembers) {
    for (const { members } of wanted.sets) for (const member of members) known.add(addressOf(member));
  }
  return {
    isLeft: (member) => leavesMembers && /^\d+\.\d+\.\d+\.\d+(,|$)/.test(member) && !known.has(addressOf(member)),
    isImplied: (name) => brought.has(name) && !used.has(name),
    isImpliedMember: (list, member) =>
      brought.get(list)?.has(member) === true &&
      (!used.has(list) || sets.get(member) === undefined || sets.get(member)!.members.length === 0),
  };
}

function compareOne(found: IpSet, set: IpSet, explain: Explanations): DriftFinding[] {
  const difference = diffSet(found, set);
  if (!difference) return [];
  if (difference.kind === "replaced") {
    return [about(set, "set-type", `${calledOf(set)} is ${kindOf(found)}, not ${kindOf(set)}`)];
  }
  const { added: missing, removed: unexpected } = difference;
  const [left, wrong] = parted(unexpected, (member) => explain.isLeft(member));
  const [implied, lacking] = parted(missing, (member) => explain.isImpliedMember(set.name, member));
  const findings: DriftFinding[] = [];
  if (lacking.length + wrong.length > 0) {
    const message = [
      ...(lacking.length > 0 ? [`lacks ${listed(lacking)}`] : []),
      ...(wrong.length > 0 ? [`should not hold ${listed(wrong)}`] : []),
    ].join(", and ");
    findings.push({
      ...about(set, "set-members", `${calledOf(set)} ${message}`),
      missingMembers: lacking,
      unexpectedMembers: wrong,
    });
  }
  if (left.length > 0) {
    const message = `${calledOf(set)} keeps ${listed(left)}, which no pod has`;
    findings.push({ ...about(set, "member-left", message, "note"), unexpectedMembers: left });
  }
  if (implied.length > 0) {
    const message = `${calledOf(set)} lacks ${listed(implied)}, of a namespace that the manifests do not define`;
    findings.push({ ...about(set, "namespace-implied", message, "note"), missingMembers: implied });
  }
  return findings;
}

function unexpectedSet(set: IpSet, { chains, leavesFilledSets }: SetContext): DriftFinding {
  const unused = !usedSets(chains).has(set.name);
  if (unused && (set.members.length === 0 || leavesFilledSets)) {
    return {
      code: "set-left",
      severity: "note",
      message: `no rule uses the set ${set.name} any more`,
      set: set.name,
    };
  }
  const message = `nothing asks for the set ${set.name} with ${set.members.length} members`;
  return { code: "set-unexpected", severity: "drift", message, set: set.name };
}

function usedSets(chains: readonly Chain[]): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { rules } of chains) {
    for (const { matches } of rules) for (const match of matches) if (match.kind === "set") used.add(match.set);
  }
  return used;
}

function about(
  set: IpSet,
  code: DriftFinding["code"],
  message: string,
  severity: DriftFinding["severity"] = "drift",
): DriftFinding {
  return { code, severity, message, ...(set.origin && { origin: set.origin }), set: set.name };
}

/** The policies whose rules match a set, themselves or through a list of sets. */
function usersOf({ chains, sets }: Tables, { policyOf }: SetContext): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, Set<string>>();
  const add = (set: string, policies: Iterable<string>): void => {
    let its = users.get(set);
    if (!its) users.set(set, (its = new Set()));
    for (const policy of policies) its.add(policy);
  };
  for (const { rules } of chains) {
    for (const { matches, origin } of rules) {
      const policy = policyOf(origin);
      if (policy === undefined) continue;
      for (const match of matches) if (match.kind === "set") add(match.set, [policy]);
    }
  }
  for (const { name, type, members } of sets) {
    if (type === "list:set" && users.has(name)) for (const member of members) add(member, users.get(name)!);
  }
  return new Map([...users].map(([set, policies]) => [set, [...policies].sort()]));
}

function calledOf({ name, readableName }: IpSet): string {
  return readableName === undefined ? name : `${readableName} (${name})`;
}

function kindOf({ type, family, maxElements }: IpSet): string {
  const kind = family ? `${type} of IPv6` : type;
  return maxElements === undefined ? kind : `${kind} of up to ${maxElements} members`;
}

function listed(members: readonly string[]): string {
  const shown = members.slice(0, 5).join(", ");
  return members.length > 5 ? `${shown} and ${members.length - 5} more` : shown;
}

function addressOf(member: string): string {
  return member.replace(/,.*/, "");
}

function parted<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
