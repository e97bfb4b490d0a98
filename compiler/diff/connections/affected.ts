import type { Chain, IpSet, Match, Rule, Tables } from "../../netfilter/tables.js";
import type { TablesDifference } from "../../netfilter/tables-difference.js";
import { AddressClasses } from "../../simulate/address-classes.js";
import { parseIp, parseNetwork } from "../../simulate/ip.js";
import { programOf } from "../../simulate/rule-program.js";
import type { TracedTables } from "../../simulate/trace.js";
import { fewAddresses, prune, questionsOf, setsAmong, type Region } from "./prune.js";

/** Pairs of addresses whose verdict may be another one: packets outside of all regions meet the same rules and sets as before. */
export interface Affected {
  /** How many regions there are. */
  readonly regions: number;
  /** A pair is affected when a region holds both its ends. */
  readonly sources: AffectedEnds;
  readonly destinations: AffectedEnds;
  /** Whether an address that no pod has may be in a region. */
  readonly mayHoldOthers: boolean;
  /** Both versions without the rules that no affected packet can match, for questions about addresses that may be in regions. */
  readonly before: TracedTables;
  readonly after: TracedTables;
}

/** One end of affected pairs. */
export interface AffectedEnds {
  /** Addresses of which some may be in regions, and no others; absent where these are not a few. */
  readonly among?: ReadonlySet<string>;
  /** Regions that an address is in, ascending. */
  readonly regionsOf: (address: string) => readonly number[];
}

/**
 * What a difference of tables can touch: of each rule that changed, or that leads to a chain that did, the addresses it asks for; and each
 * address whose place in a set changed, or that is in `others`, with all others. More than really changes, never less. `pods` are the
 * addresses of pods, of either version.
 */
export function affectedBy(
  before: Tables,
  after: Tables,
  difference: TablesDifference,
  others: readonly string[],
  pods: ReadonlySet<string>,
): Affected {
  const rules = changedRules(before, after, difference);
  const moved = [...new Set([...movedAddresses(before, after, difference), ...others])];
  const old = regionsOf(rules.before, before.sets, moved);
  const young = regionsOf(rules.after, after.sets, moved);
  const shift = old.all.length;
  const join = (side: Side): AffectedEnds => {
    const among = [old.among(side), young.among(side)];
    const all = among.flatMap((addresses) => [...(addresses ?? [])]);
    return {
      ...(!among.includes(undefined) && { among: new Set(all) }),
      regionsOf: (address) => [
        ...(among[0] && !among[0].has(address) ? [] : old.of(side, address)),
        ...(among[1] && !among[1].has(address) ? [] : young.of(side, address).map((region) => region + shift)),
      ],
    };
  };
  const [sources, destinations] = [join("source"), join("destination")];
  const few = sources.among && destinations.among && new Set([...sources.among, ...destinations.among]);
  const mayHoldOthers = !few || [...few].some((address) => !pods.has(address));
  const pruned = (tables: Tables): TracedTables => {
    const found = pruneBoth(tables, old, young);
    return mayHoldOthers ? found : { ...found, sets: setsAmong(found.sets, few) };
  };
  return {
    regions: shift + young.all.length,
    sources,
    destinations,
    mayHoldOthers,
    before: pruned(before),
    after: pruned(after),
  };
}

/** A region means the addresses that its sets hold in its own version: they are told to the other one under names of their own. */
function pruneBoth(tables: Tables, old: Regions, young: Regions): TracedTables {
  const own = new Set(tables.sets.map(({ name }) => name));
  const foreign = (regions: Regions, prefix: string) => {
    const name = (set: string): string => `${prefix}${set}`;
    const renamed = (match: Match): Match => (match.kind === "set" ? { ...match, set: name(match.set) } : match);
    return {
      regions: regions.all.map(({ source, destination }): Region => ({
        source: source.map(renamed),
        destination: destination.map(renamed),
      })),
      sets: regions.sets.map((set): IpSet => ({
        ...set,
        name: name(set.name),
        members: set.type === "list:set" ? set.members.map(name) : set.members,
      })),
    };
  };
  const [left, right] = [foreign(old, " old "), foreign(young, " young ")];
  const pruned = prune({ ...tables, sets: [...tables.sets, ...left.sets, ...right.sets] }, [
    ...left.regions,
    ...right.regions,
  ]);
  return { ...pruned, sets: pruned.sets.filter(({ name }) => own.has(name)) };
}

/** Rules that stand for what changed: of each version those that only it has, with what has to match to get to them. */
interface ChangedRules {
  readonly before: readonly Rule[];
  readonly after: readonly Rule[];
}

/**
 * Walks both versions from the chain where packets begin. Chains that every packet may reach are compared first; into others a walk
 * goes only when a chain behind them changed, and takes along what the rules on the way ask for.
 */
function changedRules(before: Tables, after: Tables, { chains }: TablesDifference): ChangedRules {
  const changes = new Map(chains.changed.map((change) => [change.name, change]));
  const changed = new Set([...chains.added, ...chains.removed, ...chains.changed].map(({ name }) => name));
  const sides = { before: chainsByName(before), after: chainsByName(after) };
  const result: { before: Rule[]; after: Rule[] } = { before: [], after: [] };
  const deleted = (name: string): ReadonlySet<number> =>
    new Set(changes.get(name)?.edits.flatMap(({ kind, place }) => (kind === "delete" ? [place] : [])));
  /** The rules of a chain that both versions have, those in their order. */
  const kept = (name: string): readonly Rule[] => {
    const gone = deleted(name);
    const rules = sides.after.has(name) ? (sides.before.get(name)?.rules ?? []) : [];
    return gone.size === 0 ? rules : rules.filter((_, index) => !gone.has(index + 1));
  };

  const leading = leadingTo(changed, [before, after]);
  const open = new Set<string>();
  const reach = (name: string): void => {
    if (open.has(name)) return;
    open.add(name);
    for (const rule of kept(name)) {
      const target = targetOf(rule);
      if (target !== undefined && leading.has(target) && !asksForAddresses(rule)) reach(target);
    }
  };
  if (leading.has("FORWARD")) reach("FORWARD");

  const leads = new Map<string, boolean>();
  /** Whether a chain that not every packet may reach, or one behind it, is another one. */
  const leadsToChange = (name: string): boolean => {
    const known = leads.get(name);
    if (known !== undefined) return known;
    const found = !open.has(name) && changed.has(name);
    leads.set(name, found);
    if (found || open.has(name) || !leading.has(name)) return found;
    const behind = targetsOf(sides.after.get(name)).some(leadsToChange);
    leads.set(name, behind);
    return behind;
  };

  /** A rule that only one version has: itself, or where it asks for nothing, the rules it leads to. */
  const take = (rule: Rule, side: "before" | "after", way: readonly Match[], depth = 0): void => {
    const chain = asksForAddresses(rule) || depth > maxDepth ? undefined : sides[side].get(targetOf(rule) ?? "");
    if (chain) for (const each of chain.rules) take(each, side, way, depth + 1);
    else result[side].push({ matches: [...way, ...rule.matches] });
  };
  const compare = (name: string, way: readonly Match[], depth = 0): void => {
    const [left, right] = [sides.before.get(name), sides.after.get(name)];
    if (!left || !right || left.policy !== right.policy || depth > maxDepth) {
      result.before.push({ matches: way });
      result.after.push({ matches: way });
      return;
    }
    for (const { kind, rule } of changes.get(name)?.edits ?? []) {
      take(rule, kind === "delete" ? "before" : "after", way);
    }
    for (const rule of kept(name)) {
      const target = targetOf(rule);
      if (target !== undefined && leadsToChange(target)) compare(target, [...way, ...rule.matches], depth + 1);
    }
  };
  for (const name of open) if (sides.before.has(name) || sides.after.has(name)) compare(name, []);
  return result;
}

/** The chains from which rules of either version lead to some chains, those among them. */
function leadingTo(names: ReadonlySet<string>, versions: readonly Tables[]): ReadonlySet<string> {
  const leaders = new Map<string, string[]>();
  for (const { chains } of versions) {
    for (const chain of chains) {
      for (const target of targetsOf(chain)) {
        const known = leaders.get(target);
        if (known) known.push(chain.name);
        else leaders.set(target, [chain.name]);
      }
    }
  }
  const found = new Set(names);
  for (const name of found) for (const leader of leaders.get(name) ?? []) found.add(leader);
  return found;
}

/** Rules lead from chain to chain no deeper than this, or the walk takes all that is behind. */
const maxDepth = 8;

function chainsByName({ chains }: Tables): ReadonlyMap<string, Chain> {
  return new Map(chains.map((chain) => [chain.name, chain]));
}

function targetOf({ target }: Rule): string | undefined {
  return target?.kind === "jump" || target?.kind === "goto" ? target.to : undefined;
}

/** Chains that the rules of a chain may lead to. */
function targetsOf(chain: Chain | undefined): readonly string[] {
  return chain?.leadsTo ?? (chain?.rules ?? []).flatMap((rule) => targetOf(rule) ?? []);
}

function asksForAddresses({ matches }: Rule): boolean {
  return matches.some(({ kind }) => kind === "address" || kind === "set");
}

/** Addresses and networks that came into a set or left it, those of lists included. */
function movedAddresses(before: Tables, after: Tables, { sets }: TablesDifference): readonly string[] {
  if (sets.changed.length === 0) return [];
  const all = [before, after].map(({ sets: its }) => new Map(its.map((set) => [set.name, set])));
  const moved = new Set<string>();
  const add = (member: string): void => {
    const leaf = member.replace(/[ ,].*/, "");
    if (parseNetwork(leaf)) moved.add(leaf);
    else for (const byName of all) for (const each of byName.get(member)?.members ?? []) add(each);
  };
  for (const change of sets.changed) {
    const members =
      change.kind === "members" ? [change.added, change.removed] : [change.before.members, change.after.members];
    for (const member of members.flat()) add(member);
  }
  return [...moved];
}

type Side = "source" | "destination";

interface Regions {
  readonly all: readonly Region[];
  of(side: Side, address: string): readonly number[];
  /** Addresses of which some may be in regions, and no others; undefined where these are not a few. */
  among(side: Side): ReadonlySet<string> | undefined;
  /** The sets that regions ask about, that of moved addresses included. */
  readonly sets: readonly IpSet[];
}

/** A region for each rule, and for moved addresses two: with all destinations, and with all sources. */
function regionsOf(rules: readonly Rule[], sets: readonly IpSet[], moved: readonly string[]): Regions {
  const all: Region[] = rules.map((rule) => ({
    source: questionsOf(rule, "source"),
    destination: questionsOf(rule, "destination"),
  }));
  if (moved.length > 0) {
    const ofMoved = (flags: "src" | "dst"): Match => ({ kind: "set", set: movedSet, negated: false, flags });
    all.push({ source: [ofMoved("src")], destination: [] }, { source: [], destination: [ofMoved("dst")] });
  }
  const used = usedSets(all, sets);
  if (moved.length > 0) used.push({ name: movedSet, type: "hash:net", members: moved });
  const accept = { kind: "jump", to: "ACCEPT" } as const;
  const asRules = all.map(({ source, destination }) => ({ matches: [...source, ...destination], target: accept }));
  const program = programOf({ chains: [{ name: "FORWARD", policy: "DROP", rules: asRules }], sets: used }, "new");
  const classes = { source: new AddressClasses(program.source), destination: new AddressClasses(program.destination) };
  const byName = new Map(used.map((set) => [set.name, set]));
  return {
    all,
    sets: used,
    among(side) {
      const found = new Set<string>();
      for (const region of all) {
        const addresses = fewAddresses(region[side], byName);
        if (!addresses) return undefined;
        for (const address of addresses) found.add(address);
      }
      return found;
    },
    of(side, address) {
      const { conditions } = classes[side].classOf(parseIp(address)!);
      return program.courses.forward[0]!.start.rules.flatMap((rule, index) =>
        rule[side] === 0 || conditions.has(rule[side]) ? [index] : [],
      );
    },
  };
}

/** No name of a set: the kernel knows none with a space. */
const movedSet = " moved";

function usedSets(regions: readonly Region[], sets: readonly IpSet[]): IpSet[] {
  const byName = new Map(sets.map((set) => [set.name, set]));
  const used = new Map<string, IpSet>();
  const add = (name: string): void => {
    const set = byName.get(name);
    if (!set || used.has(name)) return;
    used.set(name, set);
    if (set.type === "list:set") for (const member of set.members) add(member);
  };
  for (const { source, destination } of regions) {
    for (const match of [...source, ...destination]) if (match.kind === "set") add(match.set);
  }
  return [...used.values()];
}
