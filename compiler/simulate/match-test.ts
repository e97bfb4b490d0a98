import type { Match } from "../netfilter/tables.js";
import type { Circumstances } from "./circumstances.js";
import { interfaceSet, localSet } from "./interface-sets.js";
import { maskIp, parseNetwork, type Ip } from "./ip.js";
import { holdsAddress, type IndexedSet, type SetIndex } from "./set-index.js";
import { holdsTraffic, portsOf, type TrafficProtocol } from "./traffic.js";
import type { TracedTables } from "./trace.js";
import {
  comesAstray,
  icmpMatches,
  not,
  otherMatches,
  protocolOf,
  stateMatches,
  withinLimits,
  type ConnectionState,
  type Outcome,
} from "./verdicts.js";

/** What the matches of a rule ask a packet, its mark aside. */
export interface Facts {
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: TrafficProtocol;
  /** Undefined when it is not known. */
  readonly port: number | undefined;
  readonly state: ConnectionState;
  readonly known: Circumstances;
}

export type MatchTest = (facts: Facts) => Outcome;

/** A match as a question to packets. Marks change on the way and are not asked here. */
export function matchTest(
  match: Exclude<Match, { kind: "mark" | "comment" }>,
  sets: SetIndex,
  tables: Pick<TracedTables, "interfaces">,
): MatchTest {
  switch (match.kind) {
    case "protocol":
      return protocolTest(match.protocol, match.negated);
    case "destination-port": {
      const { first, last } = match;
      const protocol = protocolOf(match.protocol);
      return (facts) => {
        if (facts.protocol !== protocol) return false;
        if (facts.port === undefined) return first === 0 && last === 65535 ? true : "unknown";
        return facts.port >= first && facts.port <= last;
      };
    }
    case "multiport":
      return multiportTest(match);
    case "icmp":
      return ({ protocol, known }) =>
        protocol === "other" ? negate(icmpMatches(match.type, match.code, known), match.negated) : false;
    case "interface": {
      const { set: name, flags } = interfaceSet(match);
      const set = sets.get(name);
      return set ? (facts) => negate(setHolds(set, [flags], facts), match.negated) : unknown;
    }
    case "connection-state": {
      const { states, negated } = match;
      return ({ state, known }) => negate(stateMatches(states, state, known), negated);
    }
    case "address":
      return addressTest(match.network, match.side, match.negated);
    case "set": {
      const set = sets.get(match.set);
      const { negated } = match;
      const flags = match.flags.split(",");
      if (!set || !flags.every((flag) => flag === "src" || flag === "dst")) return unknown;
      return (facts) => negate(setHolds(set, flags, facts), negated);
    }
    case "other": {
      // `-m tcp` without an option asks nothing that `-p tcp` did not.
      if (match.words.length === 2 && protocolOf(match.words[1]!)) return protocolTest(match.words[1]!, false);
      const local = localSet(match.words);
      if (local) return matchTest(local, sets, tables);
      const astray = comesAstray(match.words, tables) ?? withinLimits(match.words) ?? "unknown";
      return () => astray;
    }
  }
}

const unknown: MatchTest = () => "unknown";

function negate(outcome: Outcome, negated: boolean): Outcome {
  return negated ? not(outcome) : outcome;
}

function protocolTest(printed: string, negated: boolean): MatchTest {
  const protocol = protocolOf(printed);
  return (facts) => {
    // One of the many other protocols: perhaps just the one that the rule names.
    if (protocol === undefined && facts.protocol === "other")
      return negate(otherMatches(printed, facts.known), negated);
    return (facts.protocol === protocol) !== negated;
  };
}

/** The kernel takes the match only behind `-p` of a protocol that has ports. */
function multiportTest({ side, ranges, negated }: Extract<Match, { kind: "multiport" }>): MatchTest {
  return ({ protocol, port: destinationPort, known }) => {
    const port = side === "source" ? known.sourcePort : destinationPort;
    if (protocol === "other" || port === undefined) return "unknown";
    return ranges.some(({ first, last }) => port >= first && port <= last) !== negated;
  };
}

function addressTest(text: string, side: "source" | "destination", negated: boolean): MatchTest {
  const network = parseNetwork(text);
  if (!network) return unknown;
  const { network: wanted, prefixLength } = network;
  return (facts) => (maskIp(facts[side], prefixLength) === wanted) !== negated;
}

/** A set with more dimensions than the rule has flags matches nothing; flags beyond a set's dimensions are not looked at. */
function setHolds(set: IndexedSet, flags: readonly string[], facts: Facts): Outcome {
  const address = flags[0] === "src" ? facts.source : facts.destination;
  switch (set.kind) {
    case "addresses":
      return holdsAddress(set, address);
    case "address-ports": {
      const ports = flags.length < 2 ? undefined : set.members.get(address);
      if (!ports) return false;
      if (facts.protocol === "other") return ports.others ? "unknown" : false;
      const port = flags[1] === "dst" ? facts.port : facts.known.sourcePort;
      if (port !== undefined) return holdsTraffic(ports.traffic, facts.protocol, port);
      return portsOf(ports.traffic, facts.protocol).length === 0 ? false : "unknown";
    }
    case "list": {
      let any: Outcome = set.incomplete ? "unknown" : false;
      for (const member of set.members) {
        const outcome = setHolds(member, flags, facts);
        if (outcome === true) return true;
        if (outcome === "unknown") any = outcome;
      }
      return any;
    }
  }
}
