import { chainsOf } from "../netfilter/owned.js";
import type { Match, Rule, Target } from "../netfilter/tables.js";
import type { Circumstances } from "./circumstances.js";
import { hooksOf, ownAddresses, walkedTables, type Course, type Hook } from "./courses.js";
import { interfaceSet, localSet, setsOf } from "./interface-sets.js";
import { compareIps, parseNetwork, type Ip, type Network } from "./ip.js";
import type { AddressPortSet, AddressSet, IndexedSet, SetIndex } from "./set-index.js";
import type { TracedTables } from "./trace.js";
import {
  protocols,
  allTraffic,
  intersectTraffic,
  noTraffic,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
} from "./traffic.js";
import { translationOf, type Translation } from "./translation.js";
import {
  comesAstray,
  effectOf,
  icmpMatches,
  not,
  otherMatches,
  protocolOf,
  stateMatches,
  withinLimits,
  type ConnectionState,
  type Outcome,
  type TargetEffect,
} from "./verdicts.js";

/**
 * Rules taken apart by what they ask about: one end's address, both together through ports, the traffic, the mark. Conditions
 * on addresses are numbered, so that each is looked at once for a class of endpoints and not once for a packet.
 */
export interface RuleProgram {
  /** By course: the built-in chains where walks begin, one after the other. */
  readonly courses: Readonly<Record<Course, readonly ProgramHook[]>>;
  /** Addresses of the machine itself. */
  readonly own: ReadonlySet<Ip>;
  readonly chains: readonly ProgramChain[];
  /** Of all chains, by their numbers. */
  readonly rules: readonly ProgramRule[];
  readonly source: Conditions;
  readonly destination: Conditions;
}

export interface ProgramHook {
  readonly start: ProgramChain;
  /** True when the policy of the chain accepts. */
  readonly accepts: boolean;
  /** Destinations may be translated here. */
  readonly translates: boolean;
}

export interface ProgramChain {
  readonly index: number;
  readonly rules: ProgramRule[];
}

/** What a rule takes of the traffic between two addresses. */
export interface Taking {
  readonly ports: readonly PortCondition[];
  /** Traffic that the other matches may take, and that they take for sure. */
  readonly possible: Traffic;
  readonly certain: Traffic;
}

/** What it takes is said for packets of which nothing is known. */
export interface ProgramRule extends Taking {
  readonly number: number;
  /** Numbers of conditions; 0 always holds. */
  readonly source: number;
  readonly destination: number;
  readonly marks: readonly (Match & { readonly kind: "mark" })[];
  readonly action: ProgramAction;
  /** What it takes when something is known of the packets; absent where that is the same. */
  readonly given?: (known: Circumstances, state?: ConnectionState) => Taking;
}

export type ProgramAction =
  | { readonly kind: TargetEffect }
  | { readonly kind: "translate"; readonly translation: Translation & { readonly side: "destination" } }
  | { readonly kind: "mark"; readonly value: number; readonly mask: number }
  | { readonly kind: "jump" | "goto"; readonly to: ProgramChain };

export type Side = "source" | "destination";

/** What rules ask about the address of one end. */
export class Conditions {
  /** By number. Number 0 asks nothing. */
  readonly all: (readonly Literal[])[] = [[]];
  /** Sets of addresses and ports that port conditions of this side look up. */
  readonly portSets = new Set<AddressPortSet>();
  /** Groups that port conditions of this side look up, beside those of `all`. */
  readonly portGroups = new Set<AddressGroup>();
  private readonly numbers = new Map<string, number>([["", 0]]);

  /** Equal conditions have one number, whatever the order of their parts. */
  numberOf(literals: readonly Literal[]): number {
    if (literals.length === 0) return 0;
    const names = literals.map(({ group, negated }) => (negated ? "!" : "") + group.name).sort();
    const key = names.join(" ");
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    this.all.push(literals);
    return this.all.length - 1;
  }
}

export interface Literal {
  readonly group: AddressGroup;
  readonly negated: boolean;
}

/** Addresses that a rule means: of a set, of a list of sets, or of a network. */
export interface AddressGroup {
  /** Name of the set; for a network its text with a space before it, which no set's name has. */
  readonly name: string;
  readonly sets: readonly AddressSet[];
  /** True when there may be more in it than is known. */
  readonly incomplete: boolean;
  /** How many members it has. */
  readonly size: number;
}

/** A match of address and port, such as `dst,dst` of a set of named ports. */
export interface PortCondition {
  /** Whose address is looked up. */
  readonly side: Side;
  /** Whose port. */
  readonly portSide: Side;
  /** That of the source, if it is known. */
  readonly sourcePort?: number;
  readonly portSets: readonly AddressPortSet[];
  /** All traffic of these addresses matches, too. */
  readonly group: AddressGroup;
  readonly negated: boolean;
}

/** What rules ask of packets in one state. */
export function programOf(tables: TracedTables, state: "new" | "established"): RuleProgram {
  const builder = new Builder(tables, state);
  const own = ownAddresses(tables);
  const course = (of: Course): readonly ProgramHook[] =>
    hooksOf(of, tables)
      // Nothing looks at a packet any more when its source has been translated.
      .filter(({ table, chain }) => table !== "nat" || chain !== "POSTROUTING")
      .map((hook) => ({
        start:
          builder.chain(hook.table, hook.table === "nat" ? tables.natChains![hook.chain] : hook.chain) ??
          builder.empty(),
        accepts: chainsOf(tables, hook.table).find(({ name }) => name === hook.chain)?.policy !== "DROP",
        translates: hook.table === "nat",
      }));
  return {
    courses: {
      forward: course("forward"),
      in: own.size > 0 ? course("in") : [],
      out: own.size > 0 ? course("out") : [],
    },
    own,
    chains: builder.chains,
    rules: builder.rules,
    source: builder.source,
    destination: builder.destination,
  };
}

/** So few members make it worth looking whether other sets hold the same. */
const smallSet = 16;

/** Translates the chains that can be reached from those that are asked for. */
class Builder {
  readonly source = new Conditions();
  readonly destination = new Conditions();
  readonly chains: ProgramChain[] = [];
  readonly rules: ProgramRule[] = [];
  private readonly byName = new Map<string, ProgramChain>();
  private readonly sets: SetIndex;
  private readonly groups = new Map<string, AddressGroup>();
  /** What a small set holds → the name of the first that holds it. */
  private readonly names = new Map<string, string>();
  /** By table and name. */
  private readonly written: ReadonlyMap<string, readonly Rule[]>;

  constructor(
    private readonly tables: TracedTables,
    private readonly state: "new" | "established",
  ) {
    this.sets = setsOf(tables);
    const all = ([...walkedTables, "nat"] as const).flatMap((table) =>
      chainsOf(tables, table).map(({ name, rules }) => [`${table} ${name}`, rules] as const),
    );
    this.written = new Map(all);
  }

  chain(table: Hook["table"], name: string): ProgramChain | undefined {
    const key = `${table} ${name}`;
    const known = this.byName.get(key);
    if (known) return known;
    const rules = this.written.get(key);
    if (!rules) return undefined;
    const chain = this.empty();
    this.byName.set(key, chain);
    for (const rule of rules) {
      const translated = this.rule(rule, table);
      if (translated) chain.rules.push(translated);
    }
    return chain;
  }

  /** A chain without rules. */
  empty(): ProgramChain {
    const chain: ProgramChain = { index: this.chains.length, rules: [] };
    this.chains.push(chain);
    return chain;
  }

  /** Undefined for a rule that never matches or does nothing. */
  private rule({ matches, target }: Rule, table: Hook["table"]): ProgramRule | undefined {
    const action = this.action(target, table);
    const sides: Record<Side, Literal[]> = { source: [], destination: [] };
    const ports: PortCondition[] = [];
    const marks: ProgramRule["marks"][number][] = [];
    let [possible, certain] = [allTraffic, allTraffic];
    const limit = (more: Traffic, sure: Traffic): void => {
      possible = intersectTraffic(possible, more);
      certain = intersectTraffic(certain, sure);
    };
    const answer = (outcome: Outcome): void => limit(...trafficIf(outcome));
    // What depends on more than the packet's ends and ports.
    const open: ((known: Circumstances, state: ConnectionState) => PossibleAndCertain)[] = [];
    for (const match of matches) {
      switch (match.kind) {
        case "comment":
          break;
        case "mark":
          marks.push(match);
          break;
        case "protocol":
          if (protocolOf(match.protocol)) limit(...protocolTraffic(match.protocol, match.negated, {}));
          else open.push((known) => protocolTraffic(match.protocol, match.negated, known));
          break;
        case "destination-port": {
          const protocol = protocolOf(match.protocol);
          const taken = protocol ? trafficOf(protocol, match.first, match.last) : noTraffic;
          limit(taken, taken);
          break;
        }
        case "multiport": {
          if (match.side === "destination") limit(...multiportTraffic(match));
          else open.push((known) => trafficIf(sourceMultiport(match, known)));
          break;
        }
        case "icmp": {
          limit(trafficOf("other"), trafficOf("other"));
          open.push((known) => {
            const outcome = icmpMatches(match.type, match.code, known);
            return trafficIf(match.negated ? not(outcome) : outcome);
          });
          break;
        }
        case "interface": {
          const found = this.set({ ...interfaceSet(match), negated: match.negated });
          if (found === undefined || "portSets" in found) answer("unknown");
          else sides[match.direction === "in" ? "source" : "destination"].push(found);
          break;
        }
        case "connection-state": {
          open.push((known, state) => {
            const outcome = stateMatches(match.states, state, known);
            return trafficIf(match.negated ? not(outcome) : outcome);
          });
          break;
        }
        case "address": {
          const network = parseNetwork(match.network);
          if (network) sides[match.side].push({ group: this.network(network), negated: match.negated });
          else answer("unknown");
          break;
        }
        case "set": {
          const found = this.set(match);
          if (found === undefined) answer("unknown");
          else if ("portSets" in found) ports.push(found);
          else sides[match.flags.startsWith("src") ? "source" : "destination"].push(found);
          break;
        }
        case "other": {
          const protocol = match.words.length === 2 ? protocolOf(match.words[1]!) : undefined;
          const local = localSet(match.words);
          const found = local && this.set(local);
          if (local && found && !("portSets" in found))
            sides[local.flags === "src" ? "source" : "destination"].push(found);
          else if (protocol) limit(trafficOf(protocol), trafficOf(protocol));
          else answer(comesAstray(match.words, this.tables) ?? withinLimits(match.words) ?? "unknown");
          break;
        }
      }
    }
    const given = (known: Circumstances, state: ConnectionState = this.state): Taking => {
      let taking: PossibleAndCertain = [possible, certain];
      for (const each of open) {
        const its = each(known, state);
        taking = [intersectTraffic(taking[0], its[0]), intersectTraffic(taking[1], its[1])];
      }
      const { sourcePort } = known;
      return {
        ports: sourcePort === undefined ? ports : ports.map((condition) => ({ ...condition, sourcePort })),
        possible: taking[0],
        certain: taking[1],
      };
    };
    const taking = given({});
    const isNever = (its: Taking): boolean => its.possible === noTraffic;
    if (!action || (isNever(taking) && isNever(given({}, "untracked")))) return undefined;
    for (const { side, portSets, group } of ports) {
      for (const set of portSets) this[side].portSets.add(set);
      if (group.sets.length > 0) this[side].portGroups.add(group);
    }
    const translated = {
      ...taking,
      number: this.rules.length,
      source: this.source.numberOf(sides.source),
      destination: this.destination.numberOf(sides.destination),
      marks,
      action,
      ...((open.length > 0 || ports.some(({ portSide }) => portSide === "source")) && { given }),
    };
    this.rules.push(translated);
    return translated;
  }

  /** Undefined when the packet just goes on. */
  private action(target: Target | undefined, table: Hook["table"]): ProgramAction | undefined {
    if (!target) return undefined;
    const translation = table === "nat" ? translationOf(target) : undefined;
    if (translation?.side === "destination") return { kind: "translate", translation };
    if (target.kind === "set-mark") return { kind: "mark", value: target.value, mask: target.mask };
    if (target.kind !== "other") {
      const to = this.chain(table, target.to);
      if (to) return { kind: target.kind, to };
    }
    const kind = effectOf(target, this.state);
    return kind === "continue" ? undefined : { kind };
  }

  /** A question about one end's address, or about an address and a port; undefined when nobody knows. */
  private set({ set: name, flags: text, negated }: Match & { kind: "set" }): Literal | PortCondition | undefined {
    const set = this.sets.get(name);
    const flags = text.split(",");
    if (!set || !flags.every((flag) => flag === "src" || flag === "dst")) return undefined;
    const leaves = set.kind === "list" ? set.members : [set];
    const group = this.group(this.nameOf(set), () => ({
      sets: leaves.filter((leaf): leaf is AddressSet => leaf.kind === "addresses"),
      incomplete: set.kind === "list" && set.incomplete,
      size: set.size,
    }));
    const portSets = leaves.filter((leaf): leaf is AddressPortSet => leaf.kind === "address-ports");
    // A set with more dimensions than flags holds nothing.
    if (portSets.length === 0 || flags.length < 2) return { group, negated };
    return {
      side: sideOf(flags[0]!),
      portSide: sideOf(flags[1]!),
      portSets,
      group,
      negated,
    };
  }

  /** One name for all small sets that hold the same: many policies name the same block, each in a set of its own. */
  private nameOf(set: IndexedSet): string {
    if (set.kind !== "addresses" || set.size > smallSet) return set.name;
    const content = set.byLength.map(({ prefixLength, networks }) => {
      const members = [...networks]
        .sort(([a], [b]) => compareIps(a, b))
        .map(([network, exception]) => `${network}${exception ? "!" : ""}`);
      return `${prefixLength}:${members.join()}`;
    });
    const key = content.join(" ");
    const known = this.names.get(key);
    if (known === undefined) this.names.set(key, set.name);
    return known ?? set.name;
  }

  private network(network: Network): AddressGroup {
    const name = ` ${network.network}/${network.prefixLength}`;
    const networks = new Map([[network.network, false]]);
    const set: AddressSet = {
      kind: "addresses",
      name,
      byLength: [{ prefixLength: network.prefixLength, networks }],
      size: 1,
    };
    return this.group(name, () => ({ sets: [set], incomplete: false, size: 1 }));
  }

  private group(name: string, make: () => Omit<AddressGroup, "name">): AddressGroup {
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = { name, ...make() }));
    return group;
  }
}

function sideOf(flag: string): Side {
  return flag === "src" ? "source" : "destination";
}

type PossibleAndCertain = readonly [possible: Traffic, certain: Traffic];

function trafficIf(outcome: Outcome): PossibleAndCertain {
  return [outcome === false ? noTraffic : allTraffic, outcome === true ? allTraffic : noTraffic];
}

function sourceMultiport(
  { ranges, negated }: Match & { kind: "multiport" },
  { sourcePort: port }: Circumstances,
): Outcome {
  return port === undefined ? "unknown" : ranges.some(({ first, last }) => port >= first && port <= last) !== negated;
}

/** What `-p` may take, and what it takes for sure: of the protocols without ports it may name any. */
function protocolTraffic(printed: string, negated: boolean, known: Circumstances): PossibleAndCertain {
  const protocol = protocolOf(printed);
  const isIt = protocol ? true : otherMatches(printed, known);
  const certain = isIt === true ? trafficOf(protocol ?? "other") : noTraffic;
  const possible = isIt === "unknown" ? trafficOf("other") : certain;
  if (!negated) return [possible, certain];
  return [subtractTraffic(allTraffic, certain), subtractTraffic(allTraffic, possible)];
}

/** The kernel takes the match only behind `-p` of a protocol that has ports. */
function multiportTraffic(match: Extract<Match, { kind: "multiport" }>): PossibleAndCertain {
  let [listed, ported] = [noTraffic, noTraffic];
  for (const protocol of protocols) {
    if (protocol === "other") continue;
    ported = unionTraffic(ported, trafficOf(protocol));
    for (const { first, last } of match.ranges) listed = unionTraffic(listed, trafficOf(protocol, first, last));
  }
  const certain = match.negated ? subtractTraffic(ported, listed) : listed;
  return [unionTraffic(certain, trafficOf("other")), certain];
}

/** What a port condition may take, and what it takes for sure, at an address that is in the group or not and has these ports. */
export function portTraffic(
  { portSide, group, negated, sourcePort }: PortCondition,
  inGroup: Outcome,
  ports: readonly { readonly traffic: Traffic; readonly others: boolean }[],
): { readonly possible: Traffic; readonly certain: Traffic } {
  let possible = inGroup === false && !group.incomplete ? noTraffic : allTraffic;
  let certain = inGroup === true ? allTraffic : noTraffic;
  for (const { traffic, others } of ports) {
    if (others) possible = unionTraffic(possible, trafficOf("other"));
    if (portSide === "destination") {
      possible = unionTraffic(possible, traffic);
      certain = unionTraffic(certain, traffic);
    } else {
      // Whatever the destination port is; without a known source port, a protocol with members may match.
      for (const protocol of ["tcp", "udp", "sctp"] as const) {
        const whole = trafficOf(protocol);
        const asked = sourcePort === undefined ? whole : trafficOf(protocol, sourcePort, sourcePort);
        if (intersectTraffic(traffic, asked) === noTraffic) continue;
        possible = unionTraffic(possible, whole);
        if (sourcePort !== undefined) certain = unionTraffic(certain, whole);
      }
    }
  }
  if (!negated) return { possible, certain };
  return { possible: subtractTraffic(allTraffic, certain), certain: subtractTraffic(allTraffic, possible) };
}
