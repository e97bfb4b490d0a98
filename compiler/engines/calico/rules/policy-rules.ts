import {
  addressPortSet,
  addressSet,
  clearMark,
  drop,
  icmp,
  markClear,
  markSet,
  network,
  ports,
  protocol,
  returnToCaller,
  setMark,
  setMaskedMark,
  type Action,
  type Fragment,
  type Ports,
  type Side,
} from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import { setName } from "../hashes.js";
import type { Marks } from "../marks.js";
import type { Direction } from "../policy.js";
import type { NeededSet, ScannedRule, ScannedSide } from "../sets.js";
import { logRule, ruleFlowLog, type Logging, type LogOwner } from "./logs.js";
import type { IpVersion } from "../../../text/ip-version.js";

/** What the rendering of a rule depends on besides the rule. */
export interface RuleContext {
  readonly marks: Marks;
  readonly dropsImpossible: boolean;
  readonly logging: Logging;
  readonly ipVersion: IpVersion;
}

/** Where a policy's rule stands: the chain, and which of its rules it is, from 0. */
export interface RulePlace {
  readonly owner: LogOwner;
  readonly direction: Direction;
  readonly index: number;
}

/**
 * A policy's rule as rules of its chain; none where it is not for the version of IP. What iptables cannot say in one rule goes before it as
 * blocks that work on two bits of the mark. Source: Calico 87c15906f, felix/rules/policy.go; the same since felix v3.3.1.
 */
export function policyRules(rule: ScannedRule, place: RulePlace, context: RuleContext): readonly FelixRule[] {
  if (rule.ipVersion !== undefined && rule.ipVersion !== context.ipVersion) return [];
  const source = ofVersion(rule.source, context);
  const destination = ofVersion(rule.destination, context);
  if (!source || !destination) return [];
  const blocks = new Blocks(context.marks);
  const nameOf = (set: NeededSet): string => setName(set.id, context.ipVersion);
  const main: { source: ScannedSide; destination: ScannedSide } = { source, destination };
  const ends = ["source", "destination"] as const;
  for (const end of ends) main[end] = portBlock(main[end], end, rule.protocol, blocks, nameOf);
  for (const end of ends) {
    const side = main[end];
    if (side.nets.length <= 1) continue;
    blocks.positive(side.nets.map((net) => [network(end, net)]));
    main[end] = { ...side, nets: [] };
  }
  for (const end of ends) {
    const side = main[end];
    if (side.nets.length + side.notNets.length <= 1 || side.notNets.length === 0) continue;
    blocks.negated(side.notNets.map((net) => [network(end, net)]));
    main[end] = { ...side, notNets: [] };
  }
  const matches = [
    ...mainMatches(rule, main.source, main.destination, context.ipVersion, nameOf),
    ...(blocks.rules.length > 0 ? [markSet(context.marks.allBlocks)] : []),
  ];
  return [...blocks.rules, ...actionRules(rule.action, matches, place, context)].map((each) => ({
    ...each,
    ...(rule.annotations.length > 0 && { comments: rule.annotations }),
    origin: rule.origin,
  }));
}

/** Without networks of the other version of IP; undefined where a list had nothing else, or where its negation is impossible. */
function ofVersion(side: ScannedSide, { dropsImpossible, ipVersion }: RuleContext): ScannedSide | undefined {
  const isOwn = (net: string): boolean => net.includes(":") === (ipVersion === 6);
  const nets = side.nets.filter(isOwn);
  const notNets = side.notNets.filter(isOwn);
  if (nets.length === 0 && side.nets.length > 0) return undefined;
  if (notNets.length === 0 && side.notNets.length > 0) return undefined;
  if (dropsImpossible && notNets.some((net) => net.endsWith("/0"))) return undefined;
  return { ...side, nets, notNets };
}

function portBlock(
  side: ScannedSide,
  end: Side,
  of: string | number | undefined,
  blocks: Blocks,
  nameOf: (set: NeededSet) => string,
): ScannedSide {
  const splits = splitPorts(side.ports);
  if (splits.length + side.namedPorts.length <= 1) return side;
  blocks.positive([
    ...splits.map((split) => [...protocolMatch(of), ports(end, split)]),
    ...side.namedPorts.map((set) => [addressPortSet(end, nameOf(set))]),
  ]);
  return { ...side, ports: [], namedPorts: [] };
}

/** Groups of at most 15 numbers, a range having two. */
export function splitPorts(list: readonly Ports[]): readonly (readonly Ports[])[] {
  const splits: Ports[][] = [];
  let free = 0;
  for (const range of list) {
    const size = range.first === range.last ? 1 : 2;
    if (free < size) {
      splits.push([]);
      free = 15;
    }
    splits.at(-1)!.push(range);
    free -= size;
  }
  return splits;
}

function protocolMatch(of: string | number | undefined): readonly Fragment[] {
  return of === undefined ? [] : [protocol(of)];
}

/** Blocks of rules of which each must hold: the first positive one sets the bit of all blocks, later ones must not clear it. */
class Blocks {
  readonly rules: FelixRule[] = [];
  readonly #marks: Marks;
  #hasPositive = false;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  /** One of the alternatives must match. */
  positive(alternatives: readonly (readonly Fragment[])[]): void {
    const { allBlocks, thisBlock } = this.#marks;
    this.#begin(0);
    const bit = this.#hasPositive ? thisBlock : allBlocks;
    for (const matches of alternatives) this.rules.push({ matches, action: setMark(bit) });
    if (this.#hasPositive) this.rules.push({ matches: [markClear(thisBlock)], action: clearMark(allBlocks) });
    this.#hasPositive = true;
  }

  /** None of the alternatives may match. */
  negated(alternatives: readonly (readonly Fragment[])[]): void {
    const { allBlocks } = this.#marks;
    this.#begin(allBlocks);
    for (const matches of alternatives) this.rules.push({ matches, action: clearMark(allBlocks) });
  }

  #begin(value: number): void {
    if (this.rules.length > 0) return;
    this.rules.push({ action: setMaskedMark(value, this.#marks.allBlocks | this.#marks.thisBlock) });
  }
}

function mainMatches(
  rule: ScannedRule,
  source: ScannedSide,
  destination: ScannedSide,
  ipVersion: IpVersion,
  nameOf: (set: NeededSet) => string,
): readonly Fragment[] {
  return [
    ...protocolMatch(rule.protocol),
    ...positiveMatches(source, "source", nameOf),
    ...positiveMatches(destination, "destination", nameOf),
    ...(rule.icmp ? [icmp(ipVersion, rule.icmp.type, rule.icmp.code)] : []),
    ...(rule.notProtocol === undefined ? [] : [protocol(rule.notProtocol, true)]),
    ...negatedMatches(source, "source", nameOf),
    ...negatedMatches(destination, "destination", nameOf),
    ...(rule.notIcmp ? [icmp(ipVersion, rule.notIcmp.type, rule.notIcmp.code, true)] : []),
  ];
}

function positiveMatches(side: ScannedSide, end: Side, nameOf: (set: NeededSet) => string): readonly Fragment[] {
  return [
    ...side.nets.map((net) => network(end, net)),
    ...side.sets.map((set) => addressSet(end, nameOf(set))),
    ...side.services.map((set) => addressPortSet(end, nameOf(set))),
    ...(side.ports.length > 0 ? [ports(end, side.ports)] : []),
    ...side.namedPorts.map((set) => addressPortSet(end, nameOf(set))),
  ];
}

function negatedMatches(side: ScannedSide, end: Side, nameOf: (set: NeededSet) => string): readonly Fragment[] {
  return [
    ...side.notNets.map((net) => network(end, net, true)),
    ...side.notSets.map((set) => addressSet(end, nameOf(set), true)),
    ...splitPorts(side.notPorts).map((split) => ports(end, split, true)),
    ...side.notNamedPorts.map((set) => addressPortSet(end, nameOf(set), true)),
  ];
}

function actionRules(
  action: ScannedRule["action"],
  matches: readonly Fragment[],
  { owner, direction, index }: RulePlace,
  { marks, logging }: RuleContext,
): readonly FelixRule[] {
  const marked = (does: "allow" | "deny" | "pass", bit: number, then: Action): readonly FelixRule[] => [
    { matches, action: setMark(bit) },
    ...ruleFlowLog(does, direction, index, [markSet(bit)], owner, logging),
    { matches: [markSet(bit)], action: then },
  ];
  switch (action) {
    case "allow":
      return marked(action, marks.accept, returnToCaller);
    case "pass":
      return marked(action, marks.pass, returnToCaller);
    case "deny":
      return marks.drop === undefined ? [{ matches, action: drop }] : marked(action, marks.drop, drop);
    case "log":
      return [logRule(matches, owner, logging)];
  }
}
