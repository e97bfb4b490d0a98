import {
  describeQuestions,
  legendOf,
  printRule,
  type Chain,
  type CompileResult,
  type IpSet,
  type Legend,
  type Rule,
} from "../../../compiler/index.js";
import type { ChainView, CompiledResult, RuleView, SetView } from "../views.js";
import { causeOf } from "./place.js";

const shownMembers = 100;

/** Chains and sets, with what belongs to what: a rule to the sets that it asks, a set to the rules that ask it. */
export function viewTables(result: CompileResult): CompiledResult {
  const { tables, objects } = result;
  const legend = legendOf(tables);
  const askedBy = new Map<string, string[]>();
  const chains = tables.chains.map((chain) => viewChain(chain, legend, askedBy));
  const running = objects.filter((object) => object.kind === "Pod");
  return {
    policies: objects.filter((object) => object.kind === "NetworkPolicy").length,
    chains,
    sets: tables.sets.map((set) => viewSet(set, legend, askedBy)),
    pods: running.map(({ namespace, name }) => `${namespace}/${name}`),
  };
}

function viewChain(chain: Chain, legend: Legend, askedBy: Map<string, string[]>): ChainView {
  return {
    id: chainId(chain.name),
    name: chain.name,
    ...(chain.policy && { policy: chain.policy }),
    cause: causeOf(chain.origin),
    related: [],
    rules: chain.rules.map((rule, index) => viewRule(chain.name, rule, index + 1, legend, askedBy)),
  };
}

function viewRule(chain: string, rule: Rule, number: number, legend: Legend, askedBy: Map<string, string[]>): RuleView {
  const id = ruleId(chain, number);
  const sets = rule.matches.flatMap((match) => (match.kind === "set" ? [match.set] : []));
  for (const set of sets) {
    const others = askedBy.get(set);
    if (others) others.push(id);
    else askedBy.set(set, [id]);
  }
  return {
    id,
    number,
    condition: describeQuestions(rule, legend),
    ...describeTarget(rule),
    text: printRule(rule),
    cause: causeOf(rule.origin),
    related: sets.map(setId),
  };
}

function describeTarget({ target }: Rule): Pick<RuleView, "action" | "kind"> {
  if (!target) return { action: "", kind: "other" };
  switch (target.kind) {
    case "set-mark":
      return { action: `set mark ${hex(target.value)}/${hex(target.mask)}`, kind: "mark" };
    case "goto":
      return { action: `go to ${target.to}`, kind: "jump" };
    case "other":
      return { action: target.words.join(" "), kind: "other" };
    case "jump":
      if (target.to === "ACCEPT") return { action: "accept", kind: "accept" };
      if (target.to === "DROP") return { action: "drop", kind: "drop" };
      return target.to === "RETURN"
        ? { action: "return", kind: "other" }
        : { action: `jump to ${target.to}`, kind: "jump" };
  }
}

function viewSet(set: IpSet, legend: Legend, askedBy: ReadonlyMap<string, readonly string[]>): SetView {
  const { name, type, members, origin } = set;
  const shown = members.slice(0, shownMembers);
  return {
    id: setId(name),
    name,
    title: legend.setName(name),
    type,
    members: type === "list:set" ? shown.map((member) => legend.setName(member)) : shown,
    more: members.length - shown.length,
    cause: causeOf(origin),
    related: askedBy.get(name) ?? [],
  };
}

export function ruleId(chain: string, number: number): string {
  return `rule ${chain} ${number}`;
}

function chainId(name: string): string {
  return `chain ${name}`;
}

function setId(name: string): string {
  return `set ${name}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
