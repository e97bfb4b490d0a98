import type { Chain, IpSet, Match, Rule, Tables } from "../../netfilter/tables.js";
import { parseIp, parseNetwork, maskIp } from "../../simulate/ip.js";
import type { TracedTables } from "../../simulate/trace.js";

/** What rules ask of the two ends of a packet; other matches are left out. */
export interface Region {
  readonly source: readonly Match[];
  readonly destination: readonly Match[];
}

/**
 * The tables without rules that no packet of any region can match: those packets fare the same, and what has to be looked at for ten policies of
 * a hundred thousand are some ten rules. Where it would take long to know whether a rule can match, it stays.
 */
export function prune({ chains, sets }: Tables, regions: readonly Region[]): TracedTables {
  const setsByName = new Map(sets.map((set) => [set.name, set]));
  const memberships = new Memberships(setsByName);
  const wanted = regions.map((region) => ({
    source: fewAddresses(region.source, setsByName),
    destination: fewAddresses(region.destination, setsByName),
  }));
  memberships.index(
    wanted.map(({ source }) => source),
    wanted.map(({ destination }) => destination),
  );
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const pruned = new Map<string, Chain>();
  const visit = (chain: Chain): void => {
    const rules: Rule[] = [];
    pruned.set(chain.name, { name: chain.name, ...(chain.policy && { policy: chain.policy }), rules });
    for (const rule of chain.rules) {
      if (memberships.isOutOfReach(rule)) continue;
      const [source, destination] = [questionsOf(rule, "source"), questionsOf(rule, "destination")];
      const matches = wanted.some(
        (region) => memberships.mayHold(source, region.source) && memberships.mayHold(destination, region.destination),
      );
      if (!matches) continue;
      rules.push(rule);
      const target =
        rule.target?.kind === "jump" || rule.target?.kind === "goto" ? byName.get(rule.target.to) : undefined;
      if (target && !pruned.has(target.name)) visit(target);
    }
  };
  const forward = byName.get("FORWARD");
  if (forward) visit(forward);
  const used = new Set(
    [...pruned.values()].flatMap(({ rules }) =>
      rules.flatMap(({ matches }) => matches.flatMap((match) => (match.kind === "set" ? match.set : []))),
    ),
  );
  return { chains: [...pruned.values()], sets: memberships.closure(used) };
}

/** Sets without plain members that are none of some addresses: enough for questions about just these. */
export function setsAmong(sets: readonly IpSet[], addresses: ReadonlySet<string>): readonly IpSet[] {
  return sets.map((set) => {
    if (set.type === "list:set") return set;
    const members = set.members.filter((member) => {
      const address = set.type === "hash:ip,port" ? member.slice(0, member.indexOf(",")) : member;
      return addresses.has(address) || !isPlainAddress(address);
    });
    return members.length === set.members.length ? set : { ...set, members };
  });
}

/** What a rule asks of the address of one end alone. */
export function questionsOf({ matches }: Pick<Rule, "matches">, side: "source" | "destination"): readonly Match[] {
  return matches.filter((match) => {
    if (match.kind === "address") return match.side === side;
    return (
      match.kind === "set" && !match.flags.includes(",") && match.flags.startsWith(side === "source" ? "src" : "dst")
    );
  });
}

/** Addresses that fulfil some questions, or more; undefined when these are not a few. */
export function fewAddresses(
  questions: readonly Match[],
  sets: ReadonlyMap<string, IpSet>,
): readonly string[] | undefined {
  let fewest: readonly string[] | undefined;
  for (const match of questions) {
    if (match.kind !== "set" || match.negated) continue;
    const set = sets.get(match.set);
    if (!set || set.type === "list:set" || set.members.length > manyAddresses) continue;
    if (fewest && set.members.length >= fewest.length) continue;
    if (set.members.every(isPlainAddress)) fewest = set.members;
  }
  return fewest;
}

/** Which sets hold some addresses. */
class Memberships {
  readonly #sets: ReadonlyMap<string, IpSet>;
  /** Address → names of the sets that have it as a member, lists of those sets included. */
  readonly #holders = new Map<string, Set<string>>();
  /** Sets that hold an address of any region at an end; undefined where a region holds every address. */
  #reached: {
    readonly source?: ReadonlySet<string> | undefined;
    readonly destination?: ReadonlySet<string> | undefined;
  } = {};
  /** Sets whose members are not all plain addresses: they may hold any address. */
  readonly #vague = new Set<string>();

  constructor(sets: ReadonlyMap<string, IpSet>) {
    this.#sets = sets;
  }

  /** Has to be called with all addresses that are asked about, region by region; undefined stands for every address. */
  index(
    sources: readonly (readonly string[] | undefined)[],
    destinations: readonly (readonly string[] | undefined)[],
  ): void {
    for (const address of [...sources, ...destinations].flat()) {
      if (address !== undefined) this.#holders.set(address, new Set());
    }
    const lists: IpSet[] = [];
    for (const set of this.#sets.values()) {
      if (set.type === "list:set") lists.push(set);
      else if (set.type !== "hash:ip,port") {
        let plain = true;
        for (const member of set.members) {
          this.#holders.get(member)?.add(set.name);
          if (plain && !isPlainAddress(member)) plain = false;
        }
        if (!plain) this.#vague.add(set.name);
      } else this.#vague.add(set.name);
    }
    for (const { name, members } of lists) {
      const inList = new Set(members);
      if (members.some((member) => this.#vague.has(member) || !this.#sets.has(member))) this.#vague.add(name);
      for (const holders of this.#holders.values()) {
        for (const holder of holders) {
          if (!inList.has(holder)) continue;
          holders.add(name);
          break;
        }
      }
    }
    this.#reached = { source: this.#setsOf(sources), destination: this.#setsOf(destinations) };
  }

  /** Whether a rule demands a set at one end that holds no address of any region there. */
  isOutOfReach({ matches }: Rule): boolean {
    for (const match of matches) {
      if (match.kind !== "set" || match.negated) continue;
      const reached = match.flags === "src" ? this.#reached.source : match.flags === "dst" && this.#reached.destination;
      if (reached && !reached.has(match.set) && !this.#vague.has(match.set) && this.#sets.has(match.set)) return true;
    }
    return false;
  }

  #setsOf(regions: readonly (readonly string[] | undefined)[]): ReadonlySet<string> | undefined {
    if (regions.includes(undefined)) return undefined;
    return new Set(regions.flatMap((addresses) => addresses!.flatMap((address) => [...this.#holders.get(address)!])));
  }

  /** Whether any of the addresses may fulfil all questions; `undefined` stands for every address. */
  mayHold(questions: readonly Match[], addresses: readonly string[] | undefined): boolean {
    if (addresses === undefined || questions.length === 0) return true;
    return addresses.some((address) => questions.every((match) => this.#mayMatch(match, address)));
  }

  /** Sets by name, and those that lists among them hold, in the order of the tables. */
  closure(names: ReadonlySet<string>): readonly IpSet[] {
    const wanted = new Set(names);
    for (const name of names)
      for (const member of this.#sets.get(name)?.members ?? []) if (this.#sets.has(member)) wanted.add(member);
    return [...this.#sets.values()].filter(({ name }) => wanted.has(name));
  }

  #mayMatch(match: Match, address: string): boolean {
    if (match.kind === "address") {
      const network = parseNetwork(match.network);
      const number = parseIp(address);
      if (!network || number === undefined) return true;
      return (maskIp(number, network.prefixLength) === network.network) !== match.negated;
    }
    if (match.kind !== "set" || this.#vague.has(match.set) || !this.#sets.has(match.set)) return true;
    return this.#holders.get(address)!.has(match.set) !== match.negated;
  }
}

/** More addresses than these are as good as all. */
const manyAddresses = 1000;

/** An address alone, no network and no exception. */
function isPlainAddress(member: string): boolean {
  return /^[0-9a-f.:]+$/.test(member);
}
