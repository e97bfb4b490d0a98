import { after, maskIp, rangeOf, type Ip } from "./ip.js";
import type { AddressGroup, Conditions, Literal, PortCondition } from "./rule-program.js";
import { portTraffic } from "./rule-program.js";
import type { AddressPorts, AddressPortSet, AddressSet } from "./set-index.js";
import type { Traffic } from "./traffic.js";
import { not, type Outcome } from "./verdicts.js";

/** Addresses that no rule tells apart at one end of a packet. */
export interface AddressClass {
  readonly number: number;
  /** Conditions that hold or may hold, by number, number 0 left out. */
  readonly conditions: ReadonlyMap<number, true | "unknown">;
  /** True when none of them is unknown. */
  readonly certain: boolean;
  /** What a port condition takes at these addresses. */
  ports(condition: PortCondition): { readonly possible: Traffic; readonly certain: Traffic };
}

/** Sorts addresses into classes by the conditions that they fulfil at one end. */
export class AddressClasses {
  readonly classes: AddressClass[] = [];
  private readonly byAddress = new Map<Ip, AddressClass>();
  private readonly byMembership = new Map<string, AddressClass>();
  private readonly bySignature = new Map<string, AddressClass>();
  private readonly sets: readonly AddressSet[];
  /** By prefix length, the longest first: masked network → sets that hold it, and whether as an exception. */
  private readonly networks: readonly {
    readonly prefixLength: number;
    readonly owners: ReadonlyMap<Ip, Owner[]>;
  }[];
  /** Set → groups that it is part of. */
  private readonly groupsOf = new Map<AddressSet, AddressGroup[]>();
  /** Group → the conditions that are looked at for addresses in it: each waits at the smallest group it demands. */
  private readonly waiting = new Map<AddressGroup, number[]>();
  /** Conditions that are looked at for every address: they demand no group, or one that is not fully known. */
  private readonly always: number[] = [];
  /** Address → its members in sets of addresses and ports, in the order of the sets. */
  private readonly portsAt = new Map<Ip, PortsIn[]>();

  constructor(private readonly conditions: Conditions) {
    const groups = new Set(conditions.all.flatMap((literals) => literals.map(({ group }) => group)));
    for (const group of conditions.portGroups) groups.add(group);
    for (const group of groups) {
      for (const set of group.sets) addTo(this.groupsOf, set, group);
    }
    this.sets = [...this.groupsOf.keys()];
    this.networks = indexNetworks(this.sets);
    for (const set of conditions.portSets) {
      for (const [address, ports] of set.members) addTo(this.portsAt, address, { set, ports });
    }
    conditions.all.forEach((literals, number) => {
      const anchor = anchorOf(literals);
      if (anchor) addTo(this.waiting, anchor, number);
      else if (number > 0) this.always.push(number);
    });
  }

  classOf(address: Ip): AddressClass {
    const known = this.byAddress.get(address);
    if (known) return known;
    const found = this.classify(address);
    this.byAddress.set(address, found);
    return found;
  }

  /** Where networks of the sets begin, and the first addresses behind them. */
  *borders(): Generator<Ip> {
    for (const { prefixLength, owners } of this.networks) {
      for (const network of owners.keys()) {
        const { first, last } = rangeOf({ network, prefixLength });
        yield first;
        yield after(last);
      }
    }
    for (const address of this.portsAt.keys()) {
      yield address;
      yield after(address);
    }
  }

  private classify(address: Ip): AddressClass {
    const sets = this.setsWith(address);
    const ports = this.portsAt.get(address) ?? [];
    const portsKey = ports.map(keyOfPorts).join(" ");
    const membership = `${sets.join()} ${portsKey}`;
    const known = this.byMembership.get(membership);
    if (known) return known;

    const groups = new Set(sets.flatMap((index) => this.groupsOf.get(this.sets[index]!)!));
    const fulfilled = this.fulfilled(groups);
    // Addresses count for port conditions by the groups that these look up.
    const portGroups = [...this.conditions.portGroups].filter((group) => groups.has(group));
    const conditions = [...fulfilled].map(([number, outcome]) => (outcome === true ? number : `${number}?`));
    const signature = [conditions, portsKey, portGroups.map(({ name }) => name)].join("|");
    let found = this.bySignature.get(signature);
    if (!found) {
      found = new FoundClass(this.classes.length, fulfilled, new Set(portGroups), ports);
      this.bySignature.set(signature, found);
      this.classes.push(found);
    }
    this.byMembership.set(membership, found);
    return found;
  }

  /** Numbers of the sets that hold an address, ascending. */
  private setsWith(address: Ip): number[] {
    const answers = new Map<number, boolean>();
    for (const { prefixLength, owners } of this.networks) {
      const found = owners.get(maskIp(address, prefixLength));
      if (!found) continue;
      for (const { set, exception } of found) if (!answers.has(set)) answers.set(set, !exception);
    }
    const holding: number[] = [];
    for (const [set, holds] of answers) if (holds) holding.push(set);
    return holding.sort((a, b) => a - b);
  }

  private fulfilled(groups: ReadonlySet<AddressGroup>): Map<number, true | "unknown"> {
    const candidates = [...this.always];
    for (const group of groups) for (const number of this.waiting.get(group) ?? []) candidates.push(number);
    const found = new Map<number, true | "unknown">();
    for (const number of candidates.sort((a, b) => a - b)) {
      const outcome = holds(this.conditions.all[number]!, groups);
      if (outcome !== false) found.set(number, outcome);
    }
    return found;
  }
}

class FoundClass implements AddressClass {
  readonly certain: boolean;
  private readonly known = new Map<PortCondition, { readonly possible: Traffic; readonly certain: Traffic }>();

  constructor(
    readonly number: number,
    readonly conditions: ReadonlyMap<number, true | "unknown">,
    private readonly groups: ReadonlySet<AddressGroup>,
    private readonly portsIn: readonly PortsIn[],
  ) {
    this.certain = [...conditions.values()].every((outcome) => outcome === true);
  }

  ports(condition: PortCondition): { readonly possible: Traffic; readonly certain: Traffic } {
    let traffic = this.known.get(condition);
    if (!traffic) {
      const ports = this.portsIn.flatMap(({ set, ports: its }) => (condition.portSets.includes(set) ? its : []));
      traffic = portTraffic(condition, this.groups.has(condition.group), ports);
      this.known.set(condition, traffic);
    }
    return traffic;
  }
}

interface PortsIn {
  readonly set: AddressPortSet;
  readonly ports: AddressPorts;
}

interface Owner {
  /** Index in `sets`. */
  readonly set: number;
  readonly exception: boolean;
}

function holds(literals: readonly Literal[], groups: ReadonlySet<AddressGroup>): Outcome {
  let all: Outcome = true;
  for (const { group, negated } of literals) {
    const inside: Outcome = groups.has(group) || (group.incomplete ? "unknown" : false);
    const outcome = negated ? not(inside) : inside;
    if (outcome === false) return false;
    if (outcome === "unknown") all = outcome;
  }
  return all;
}

function keyOfPorts({ set, ports: { traffic, others } }: PortsIn): string {
  return `${set.name}:${traffic.join()}${others ? "+" : ""}`;
}

/** The smallest group that a condition demands; undefined when it may hold for an address in none of them. */
function anchorOf(literals: readonly Literal[]): AddressGroup | undefined {
  let anchor: AddressGroup | undefined;
  for (const { group, negated } of literals) {
    if (!negated && !group.incomplete && (!anchor || group.size < anchor.size)) anchor = group;
  }
  return anchor;
}

function indexNetworks(sets: readonly AddressSet[]): { prefixLength: number; owners: Map<Ip, Owner[]> }[] {
  const byLength = new Map<number, Map<Ip, Owner[]>>();
  sets.forEach((set, index) => {
    for (const { prefixLength, networks } of set.byLength) {
      let owners = byLength.get(prefixLength);
      if (!owners) byLength.set(prefixLength, (owners = new Map()));
      for (const [network, exception] of networks) addTo(owners, network, { set: index, exception });
    }
  });
  return [...byLength].sort(([a], [b]) => b - a).map(([prefixLength, owners]) => ({ prefixLength, owners }));
}

function addTo<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const items = map.get(key);
  if (items) items.push(item);
  else map.set(key, [item]);
}
