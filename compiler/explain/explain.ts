import type { Machine, Node } from "../engines/engine.js";
import { machineName } from "../engines/machine-name.js";
import { resultOfVersion } from "../engines/result-of-version.js";
import { keyOf, type NetworkPolicy } from "../model/objects.js";
import type { Chain, IpSet, Rule, Tables, Target } from "../netfilter/tables.js";
import type { AnyPairs } from "../pairs/any-pairs.js";
import type { IpVersion } from "../text/ip-version.js";
import type { Origin } from "../text/origin.js";
import { describeQuestions } from "../simulate/describe-questions.js";
import { clusterOf, type Cluster } from "../simulate/cluster.js";
import { legendOf, type Legend } from "../simulate/legend.js";
import { translationOf } from "../simulate/translation.js";
import type { Compiled } from "../simulate/verify/verify.js";
import { before, type Explained, type Explanation } from "./explanation.js";
import { exactOrigins } from "./exact-origin.js";
import { explainListed, rankTexts } from "./explain-listed.js";
import { explainPolicy } from "./explain-policy.js";
import { explainQuirks } from "./explain-quirks.js";
import { memberFinder } from "./members.js";
import { explainSet } from "./explain-set.js";
import { linkRules, type RuleLinks } from "./link-rules.js";
import { markTeller } from "./marks.js";

/** Explains policies, and the chains, rules and sets of one version of IP that a node gets for them. */
export function explain(compiled: Compiled & OfNode, ipVersion: IpVersion = 4): Explanation {
  const { objects, node } = compiled;
  const { machine, tables } = resultOfVersion(compiled, ipVersion);
  const sets = new Map(tables.sets.map((set) => [set.name, set]));
  const exact = exactOrigins(objects);
  const finder = memberFinder(objects, machine, sets, exact);
  const cluster = clusterOf(objects, undefined, ipVersion);
  const policies = explainPolicies(compiled, cluster);
  const links = linkRules(policies, tables, machine);
  const uses = usesOf(tables);
  const legend = legendOf(tables);
  const chainsOf = (chains: readonly Chain[], prefix: string): readonly Explained[] => {
    const aboutMarks = markTeller(machine.marksOf(node), chains, prefix);
    const ground: Ground = {
      machine,
      node,
      sets,
      legend,
      links,
      callers: callersOf(chains, prefix),
      prefix,
      aboutMarks,
    };
    return chains.map((chain) => explainChain(chain, ground));
  };
  return {
    rulesOf: machineName(machine),
    policies: policies.map(links.withRules),
    chains: [
      ...chainsOf(tables.chains, ""),
      ...(tables.others ?? []).flatMap(({ name, chains }) => chainsOf(chains, `${name} `)),
    ],
    sets: tables.sets.map((set) => explainSet(set, sets, machine, uses.get(set.name) ?? [], exact)),
    members: (name) => {
      const set = sets.get(name);
      return set ? finder.membersOf(set) : [];
    },
    quirks: () => explainQuirks(compiled),
  };
}

interface OfNode {
  readonly node: Node;
  readonly pairs: readonly AnyPairs[];
}

/** Those of Kubernetes in the words of its documentation; others, which stand in an order, in those of the engine. */
function explainPolicies({ objects, pairs }: Compiled & OfNode, cluster: Cluster): readonly Explained[] {
  const first = new Set<AnyPairs>();
  const tiers = new Set<string>();
  for (const each of pairs) {
    const tier = each.rank && `${each.rank.tier.kind} ${each.rank.tier.name}`;
    if (tier === undefined || tiers.has(tier)) continue;
    tiers.add(tier);
    first.add(each);
  }
  const ranked = new Map(pairs.map((each) => [each.policy, each]));
  const kubernetes = objects
    .filter((object): object is NetworkPolicy => object.kind === "NetworkPolicy")
    .map((policy) => {
      const explained = explainPolicy(policy, cluster);
      const its = ranked.get(keyOf(policy));
      return its ? { ...explained, text: [...explained.text, ...rankTexts(its, first.has(its))] } : explained;
    });
  const known = new Set(kubernetes.map(({ id }) => id));
  const others = pairs
    .filter(({ policy, rank }) => rank && !known.has(`policy ${policy}`))
    .map((each) => explainListed(each, first.has(each)));
  return [...kubernetes, ...others];
}

/** What explaining rules stands on. */
interface Ground {
  readonly machine: Machine;
  readonly node: Node;
  /** By kernel name. */
  readonly sets: ReadonlyMap<string, IpSet>;
  readonly legend: Legend;
  readonly links: RuleLinks;
  /** Chain → ids of the rules that lead to it. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
  readonly aboutMarks: (rule: Rule) => readonly string[];
  /** What stands before names of chains: nothing in the table filter, `raw ` in the table raw. */
  readonly prefix: string;
}

function callersOf(chains: readonly Chain[], prefix: string): Ground["callers"] {
  const callers = new Map(chains.map(({ name }) => [name, [] as string[]]));
  for (const { name, rules } of chains) {
    rules.forEach(({ target }, index) => {
      if (target?.kind === "jump" || target?.kind === "goto")
        callers.get(target.to)?.push(ruleId(prefix + name, index));
    });
  }
  return callers;
}

function explainChain(chain: Chain, ground: Ground): Explained {
  const { name, policy, rules, origin = before } = chain;
  return {
    id: `chain ${ground.prefix}${name}`,
    kind: "chain",
    title: ground.prefix + name,
    text: [
      chainText(chain, origin, ground),
      ...(policy === undefined
        ? []
        : [`A packet that no rule decides is ${policy === "DROP" ? "dropped" : "accepted"}.`]),
      ...(rules.length === 0 ? ["It has no rules."] : []),
    ],
    origins: [origin],
    links: ground.callers.get(name) ?? [],
    parts: rules.map((rule, index) => explainRule(rule, index, chain, ground)),
  };
}

function chainText({ name, policy }: Chain, origin: Origin, { machine }: Ground): string {
  if (policy !== undefined) return `A chain of the kernel: ${builtIns[name] ?? "packets go through it on their way"}.`;
  const purpose = machine.purposeOf?.(name);
  if (origin.kind === "engine") return `${capital(origin.reason)}.${purpose === undefined ? "" : ` It ${purpose}.`}`;
  return purpose === undefined ? `Holds rules of policy ${origin.object}.` : `It ${purpose} (${origin.object}).`;
}

const builtIns: Readonly<Record<string, string>> = {
  INPUT: "packets to the node itself go through it",
  FORWARD: "packets that the node passes on go through it, those from and to pods among them",
  OUTPUT: "packets that the node itself sends go through it",
};

function explainRule(rule: Rule, index: number, chain: Chain, ground: Ground): Explained {
  const name = ground.prefix + chain.name;
  const reason = ownReason(rule, chain);
  const remark = ground.machine.remarkOn?.(rule, ground.node);
  const { legend, links, callers } = ground;
  const asked = describeQuestions(rule, legend);
  const causes = links.partOf(rule.origin, rule);
  const origins = [...causes.flatMap(({ origins: its }) => its.slice(0, 1)), ...(rule.origin ? [rule.origin] : [])];
  const matched = new Set(rule.matches.flatMap((match) => (match.kind === "set" ? [match.set] : [])));
  const target = rule.target?.kind === "jump" || rule.target?.kind === "goto" ? rule.target.to : "";
  return {
    id: ruleId(name, index),
    kind: "rule",
    title: `${name} ${index + 1}`,
    text: [
      `${asked === "" ? "Every packet that comes here" : `If ${asked}`}: ${describeTarget(rule)}.`,
      ...(reason === undefined ? ground.aboutMarks(rule) : [`${capital(reason)}.`]),
      ...(remark === undefined ? [] : [`${remark}.`]),
    ],
    origins: unique(origins.length > 0 ? origins : [before]),
    links: [
      ...causes.map(({ id }) => id),
      ...[...matched].map((set) => `set ${set}`),
      ...(callers.has(target) ? [`chain ${ground.prefix}${target}`] : []),
    ],
    parts: [],
  };
}

/** What the engine says of a rule of its own that it does not say of the whole chain. */
function ownReason({ origin }: Rule, chain: Chain): string | undefined {
  if (origin?.kind !== "engine") return undefined;
  return chain.origin?.kind === "engine" && chain.origin.reason === origin.reason ? undefined : origin.reason;
}

/** What a rule does with a packet it takes: `jump to AZURE-NPM`, `drop it`. */
function describeTarget({ target }: Rule): string {
  switch (target?.kind) {
    case undefined:
      return "nothing happens, it is counted";
    case "set-mark": {
      const { value, mask } = target;
      if (value === 0)
        return mask === 0xffffffff ? "take the mark off and go on" : `take mark 0x${mask.toString(16)} off and go on`;
      const part = mask === 0xffffffff || mask === value ? "" : `, of the bits 0x${mask.toString(16)},`;
      return `set mark 0x${value.toString(16)}${part} and go on`;
    }
    case "other":
      return describeTranslation(target) ?? othersDo[target.words[1] ?? ""] ?? target.words.join(" ");
    case "jump":
    case "goto":
      return verdicts[target.to] ?? `${target.kind === "jump" ? "jump" : "go"} to ${target.to}`;
  }
}

function describeTranslation(target: Target): string | undefined {
  const translation = translationOf(target);
  if (!translation) return undefined;
  const { side, text } = translation;
  if (side === "destination") return `send it on to ${text}`;
  return `give it ${text === undefined ? "the address of the interface that it leaves by" : text} as its source`;
}

const verdicts: Readonly<Record<string, string>> = {
  ACCEPT: "accept it",
  DROP: "drop it",
  RETURN: "go back to where the chain was called",
  NOTRACK: "keep it out of connection tracking and go on",
};

/** Targets of the kernel that are no verdicts, by name. */
const othersDo: Readonly<Record<string, string>> = {
  LOG: "write it into the kernel's log and go on",
  NFLOG: "tell who listens to the kernel's packet log about it and go on",
  REJECT: "refuse it, and tell the sender",
};

/** Kernel name of a set → ids of the rules that ask for it and of the lists that hold it. */
function usesOf(tables: Tables): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const add = (set: string, id: string): void => {
    const ids = uses.get(set);
    if (!ids) uses.set(set, [id]);
    else if (ids.at(-1) !== id) ids.push(id);
  };
  const addAll = (chains: readonly Chain[], prefix: string): void => {
    for (const { name, rules } of chains) {
      rules.forEach(({ matches }, index) => {
        for (const match of matches) if (match.kind === "set") add(match.set, ruleId(prefix + name, index));
      });
    }
  };
  addAll(tables.chains, "");
  for (const { name, chains } of tables.others ?? []) addAll(chains, `${name} `);
  for (const { name, type, members } of tables.sets) {
    if (type === "list:set") for (const member of members) add(member, `set ${name}`);
  }
  return uses;
}

/** 0-based index in, 1-based number out. */
function ruleId(chain: string, index: number): string {
  return `rule ${chain} ${index + 1}`;
}

function unique(origins: readonly Origin[]): readonly Origin[] {
  const seen = new Set<string>();
  return origins.filter((origin) => {
    const key = origin.kind === "engine" ? origin.reason : `${origin.object} ${origin.field}`;
    return !seen.has(key) && seen.add(key);
  });
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
