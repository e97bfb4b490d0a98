import type { IpSet, Match } from "../netfilter/tables.js";
import { parseIp } from "./ip.js";
import { holdsAddress, indexSets, type SetIndex } from "./set-index.js";
import type { TracedTables } from "./trace.js";

type InterfaceMatch = Match & { readonly kind: "interface" };

/** The set of addresses that stands for an interface match: `-i azv+`. No set of a kernel has a space in its name. */
export function interfaceSet({ direction, name }: InterfaceMatch): Match & { readonly kind: "set" } {
  const set = `${direction === "in" ? "-i" : "-o"} ${name}`;
  return { kind: "set", set, negated: false, flags: direction === "in" ? "src" : "dst" };
}

/** The set of the machine's own addresses that `-m addrtype --dst-type LOCAL` asks for; undefined where the words ask something else. */
export function localSet(words: readonly string[]): (Match & { readonly kind: "set" }) | undefined {
  const [, negation, side] = /^-m addrtype (! )?--(src|dst)-type LOCAL$/.exec(words.join(" ")) ?? [];
  return side === undefined ? undefined : { kind: "set", set: localName, negated: negation !== undefined, flags: side };
}

const localName = "addrtype LOCAL";

/** There is none where nobody knows what the machine's addresses are. */
function localAddresses({ interfaces = [] }: Pick<TracedTables, "interfaces">): readonly IpSet[] {
  const own = interfaces.flatMap((each) => each.own ?? []);
  return own.length === 0
    ? []
    : [{ name: localName, type: "hash:net", members: [...own, own[0]!.includes(":") ? "::1" : "127.0.0.0/8"] }];
}

/**
 * A set for each interface match of the chains, and one of the machine's own addresses: packets come in through the interface that their
 * source is behind, and go out through that of their destination. There is none where a match means an interface of which nothing is known.
 */
export function interfaceSets({ interfaces, chains }: TracedTables): readonly IpSet[] {
  if (!interfaces) return [];
  const found = new Map<string, IpSet>();
  for (const { rules } of chains) {
    for (const match of rules.flatMap(({ matches }) => matches)) {
      if (match.kind !== "interface") continue;
      const { set: name } = interfaceSet(match);
      const prefix = match.name.endsWith("+") ? match.name.slice(0, -1) : undefined;
      const meant = interfaces.filter((each) =>
        prefix === undefined ? each.name === match.name : each.name.startsWith(prefix),
      );
      if (meant.some(({ addresses }) => !addresses) || (meant.length === 0 && prefix === undefined)) continue;
      found.set(name, { name, type: "hash:net", members: together(meant.flatMap(({ addresses = [] }) => addresses)) });
    }
  }
  return [...found.values(), ...localAddresses({ interfaces })];
}

/** Everything that matches of the tables look up: their sets, and those that stand for interfaces. Worked out once. */
export function setsOf(tables: TracedTables): SetIndex {
  let found = indexes.get(tables);
  if (!found) indexes.set(tables, (found = indexSets([...tables.sets, ...interfaceSets(tables)])));
  return found;
}

const indexes = new WeakMap<TracedTables, SetIndex>();

/** Name of the interface that an address is behind; undefined where nothing is known of it. */
export function interfaceAt(
  { interfaces = [] }: Pick<TracedTables, "interfaces">,
  address: string,
): string | undefined {
  const number = parseIp(address);
  if (number === undefined) return undefined;
  return interfaces.find(({ name, addresses = [] }) => {
    const set = indexSets([{ name, type: "hash:net", members: addresses }]).get(name);
    return set?.kind === "addresses" && holdsAddress(set, number);
  })?.name;
}

/** What is not behind one interface may be behind another. */
function together(members: readonly string[]): readonly string[] {
  const all = new Set(members);
  return [...all].filter((member) => !(member.endsWith(exception) && all.has(member.slice(0, -exception.length))));
}

const exception = " nomatch";
