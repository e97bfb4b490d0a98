import type { Machine } from "../engines/engine.js";
import type { NetworkPolicy } from "../model/objects.js";
import type { Chain, IpSet, Rule, Tables } from "../netfilter/tables.js";
import type { Origin } from "../text/origin.js";
import { describeQuestions } from "../simulate/describe-step.js";
import { clusterOf } from "../simulate/cluster.js";
import { legendOf, type Legend } from "../simulate/legend.js";
import type { Compiled } from "../simulate/verify/verify.js";
import { describeSet } from "./describe-set.js";
import type { Explained, Explanation } from "./explanation.js";
import { explainPolicy } from "./explain-policy.js";
import { explainQuirks } from "./explain-quirks.js";
import { memberFinder } from "./members.js";
import { linkRules, type RuleLinks } from "./link-rules.js";

/** Explains policies, and the chains, rules and sets that a node gets for them. */
export function explain(compiled: Compiled): Explanation {
  const { machine, objects, tables } = compiled;
  const sets = new Map(tables.sets.map((set) => [set.name, set]));
  const finder = memberFinder(objects, machine, sets);
  const cluster = clusterOf(objects);
  const policies = objects
    .filter((object): object is NetworkPolicy => object.kind === "NetworkPolicy")
    .map((policy) => explainPolicy(policy, cluster));
  const links = linkRules(policies, tables, machine);
  const uses = usesOf(tables);
  const ground: Ground = {
    machine,
    sets,
    legend: legendOf(tables),
    links,
    callers: callersOf(tables),
    askers: askersOf(tables),
  };
  return {
    rulesOf: `${machine.engine} ${machine.generation} (${machine.release})`,
    policies: policies.map(links.withRules),
    chains: tables.chains.map((chain) => explainChain(chain, ground)),
    sets: tables.sets.map((set) => explainSet(set, sets, machine, uses.get(set.name) ?? [])),
    members: (name) => {
      const set = sets.get(name);
      return set ? finder.membersOf(set) : [];
    },
    quirks: () => explainQuirks(compiled),
  };
}

const before: Origin = { kind: "engine", reason: "stood on the node before" };

/** What explaining rules stands on. */
interface Ground {
  readonly machine: Machine;
  /** By kernel name. */
  readonly sets: ReadonlyMap<string, IpSet>;
  readonly legend: Legend;
  readonly links: RuleLinks;
  /** Chain → ids of the rules that lead to it. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
  /** `value mask` of a mark → places of the rules that ask for it, and what they do. */
  readonly askers: ReadonlyMap<string, readonly string[]>;
}

function askersOf({ chains }: Tables): Ground["askers"] {
  const askers = new Map<string, string[]>();
  for (const { name, rules } of chains) {
    rules.forEach((rule, index) => {
      for (const match of rule.matches) {
        if (match.kind !== "mark" || match.negated || match.value === 0) continue;
        const key = `${match.value} ${match.mask}`;
        const said = `${name} ${index + 1} (${describeTarget(rule)})`;
        const others = askers.get(key);
        if (others) others.push(said);
        else askers.set(key, [said]);
      }
    });
  }
  return askers;
}

/** Where a mark that a rule sets matters. */
function aboutMark({ target }: Rule, { askers }: Ground): readonly string[] {
  if (target?.kind !== "set-mark" || target.value === 0) return [];
  const found = askers.get(`${target.value} ${target.mask}`) ?? [];
  return found.length === 0 ? [] : [`The mark is looked for by ${found.join(" and ")}.`];
}

function callersOf({ chains }: Tables): ReadonlyMap<string, readonly string[]> {
  const callers = new Map(chains.map(({ name }) => [name, [] as string[]]));
  for (const { name, rules } of chains) {
    rules.forEach(({ target }, index) => {
      if (target?.kind === "jump" || target?.kind === "goto") callers.get(target.to)?.push(ruleId(name, index));
    });
  }
  return callers;
}

function explainChain(chain: Chain, ground: Ground): Explained {
  const { name, policy, rules, origin = before } = chain;
  return {
    id: `chain ${name}`,
    kind: "chain",
    title: name,
    text: [
      chainText(chain, origin),
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

function chainText({ name, policy }: Chain, origin: Origin): string {
  if (policy !== undefined) return `A chain of the kernel: ${builtIns[name] ?? "packets meet it on their way"}.`;
  if (origin.kind === "engine") return `${capital(origin.reason)}.`;
  return `Holds rules of policy ${origin.object}.`;
}

const builtIns: Readonly<Record<string, string>> = {
  INPUT: "packets to the node itself meet it",
  FORWARD: "packets that the node passes on meet it, those from and to pods among them",
  OUTPUT: "packets that the node itself sends meet it",
};

function explainRule(rule: Rule, index: number, { name }: Chain, ground: Ground): Explained {
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
      ...aboutMark(rule, ground),
      ...(rule.origin?.kind === "engine" ? [`${capital(rule.origin.reason)}.`] : []),
    ],
    origins: unique(origins.length > 0 ? origins : [before]),
    links: [
      ...causes.map(({ id }) => id),
      ...[...matched].map((set) => `set ${set}`),
      ...(callers.has(target) ? [`chain ${target}`] : []),
    ],
    parts: [],
  };
}

/** What a rule does with a packet it takes: `jump to AZURE-NPM`, `drop it`. */
function describeTarget({ target }: Rule): string {
  switch (target?.kind) {
    case undefined:
      return "nothing happens, it is counted";
    case "set-mark":
      return `set mark 0x${target.value.toString(16)}${target.mask === 0xffffffff ? "" : `/0x${target.mask.toString(16)}`} and go on`;
    case "other":
      return target.words.join(" ");
    case "jump":
    case "goto":
      return verdicts[target.to] ?? `${target.kind === "jump" ? "jump" : "go"} to ${target.to}`;
  }
}

const verdicts: Readonly<Record<string, string>> = {
  ACCEPT: "accept it",
  DROP: "drop it",
  RETURN: "go back to where the chain was called",
};

function explainSet(
  set: IpSet,
  sets: ReadonlyMap<string, IpSet>,
  machine: Machine,
  uses: readonly string[],
): Explained {
  const { name, readableName, type, members, origin = before } = set;
  const rules = uses.filter((id) => id.startsWith("rule "));
  const lists = uses.filter((id) => id.startsWith("set "));
  return {
    id: `set ${name}`,
    kind: "set",
    title: readableName ?? name,
    text: [
      `Stands for ${describeSet(set, machine, sets)}.`,
      usedBy(rules.length, lists.length),
      type === "list:set"
        ? `It is a list of ${count(members.length, "set")} (${type}): an address is in it when it is in one of them.`
        : `It holds ${count(members.length, "member")} (${type}).`,
    ],
    origins: [origin],
    links: uses,
    parts: [],
  };
}

function usedBy(rules: number, lists: number): string {
  const listed = lists === 0 ? "" : count(lists, "list");
  if (rules === 0 && lists === 0)
    return "No rule asks for it. Sets are kept for pods and namespaces as they are, whether or not a policy names them.";
  if (rules === 0) return `No rule asks for it by itself; it is in ${listed}.`;
  return `${capital(count(rules, "rule"))} ${rules === 1 ? "asks" : "ask"} for it${lists === 0 ? "" : `, and it is in ${listed}`}.`;
}

/** Kernel name of a set → ids of the rules that ask for it and of the lists that hold it. */
function usesOf(tables: Tables): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, string[]>();
  const add = (set: string, id: string): void => {
    const ids = uses.get(set);
    if (!ids) uses.set(set, [id]);
    else if (ids.at(-1) !== id) ids.push(id);
  };
  for (const { name, rules } of tables.chains) {
    rules.forEach(({ matches }, index) => {
      for (const match of matches) if (match.kind === "set") add(match.set, ruleId(name, index));
    });
  }
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

function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${noun}${number === 1 ? "" : "s"}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
