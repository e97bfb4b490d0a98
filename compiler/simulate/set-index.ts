import type { IpSet } from "../netfilter/tables.js";
import { maskIp, parseIp, parseNetwork, type Ip } from "./ip.js";
import { noTraffic, trafficOf, unionTraffic, type Traffic } from "./traffic.js";

/** A set ready for questions about addresses. */
export type IndexedSet = AddressSet | AddressPortSet | SetList;

/** hash:ip, hash:net */
export interface AddressSet {
  readonly kind: "addresses";
  readonly name: string;
  /** By prefix length, the longest first: masked network → whether it is an exception (`nomatch`). */
  readonly byLength: readonly { readonly prefixLength: number; readonly networks: ReadonlyMap<Ip, boolean> }[];
  readonly size: number;
}

/** hash:ip,port */
export interface AddressPortSet {
  readonly kind: "address-ports";
  readonly name: string;
  readonly members: ReadonlyMap<Ip, AddressPorts>;
  readonly size: number;
}

export interface AddressPorts {
  /** TCP, UDP and SCTP. */
  readonly traffic: Traffic;
  /** True when there are members of other protocols, such as ICMP types. */
  readonly others: boolean;
}

/** list:set, never of lists: the kernel takes none. */
export interface SetList {
  readonly kind: "list";
  readonly name: string;
  readonly members: readonly (AddressSet | AddressPortSet)[];
  /** True when a member is a set that is not known. */
  readonly incomplete: boolean;
  readonly size: number;
}

/** By name. A set with a member that cannot be read is left out: nothing is known of it. */
export type SetIndex = ReadonlyMap<string, IndexedSet>;

export function indexSets(sets: readonly IpSet[]): SetIndex {
  const index = new Map<string, IndexedSet>();
  for (const set of sets) {
    const indexed =
      set.type === "hash:ip,port" ? indexAddressPorts(set) : set.type === "list:set" ? undefined : indexAddresses(set);
    if (indexed) index.set(set.name, indexed);
  }
  for (const set of sets) if (set.type === "list:set") index.set(set.name, indexList(set, index));
  return index;
}

/** What the kernel answers for an address: the longest network that holds it decides, and an exception means no. */
export function holdsAddress({ byLength }: AddressSet, address: Ip): boolean {
  for (const { prefixLength, networks } of byLength) {
    const exception = networks.get(maskIp(address, prefixLength));
    if (exception !== undefined) return !exception;
  }
  return false;
}

function indexAddresses(set: IpSet): AddressSet | undefined {
  const byLength = new Map<number, Map<Ip, boolean>>();
  for (const member of set.members) {
    const exception = member.endsWith(" nomatch");
    const found = parseNetwork(exception ? member.slice(0, -" nomatch".length) : member);
    if (!found) return undefined;
    let networks = byLength.get(found.prefixLength);
    if (!networks) byLength.set(found.prefixLength, (networks = new Map()));
    networks.set(found.network, exception);
  }
  return {
    kind: "addresses",
    name: set.name,
    byLength: [...byLength].sort(([a], [b]) => b - a).map(([prefixLength, networks]) => ({ prefixLength, networks })),
    size: set.members.length,
  };
}

/** Members are `10.0.0.1,tcp:80`; other protocols are `10.0.0.1,icmp:echo-request` and the like. */
function indexAddressPorts(set: IpSet): AddressPortSet | undefined {
  const members = new Map<Ip, AddressPorts>();
  for (const member of set.members) {
    const found = /^([^,]+),([^:]+):(.+)$/.exec(member);
    const address = found ? parseIp(found[1]!) : undefined;
    if (!found || address === undefined) return undefined;
    const before = members.get(address) ?? { traffic: noTraffic, others: false };
    const protocol = found[2]!;
    if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") {
      members.set(address, { ...before, others: true });
      continue;
    }
    const port = Number(found[3]);
    if (!Number.isInteger(port) || port < 0 || port > 65535) return undefined;
    members.set(address, { ...before, traffic: unionTraffic(before.traffic, trafficOf(protocol, port, port)) });
  }
  return { kind: "address-ports", name: set.name, members, size: set.members.length };
}

function indexList(set: IpSet, index: SetIndex): SetList {
  const members: (AddressSet | AddressPortSet)[] = [];
  let incomplete = false;
  for (const name of set.members) {
    const member = index.get(name);
    if (member && member.kind !== "list") members.push(member);
    else incomplete = true;
  }
  return { kind: "list", name: set.name, members, incomplete, size: members.reduce((sum, { size }) => sum + size, 0) };
}
