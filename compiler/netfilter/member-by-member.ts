import ipaddr from "ipaddr.js";
import { networkOf } from "./set-members.js";
import type { SetDifference } from "./tables-difference.js";
import type { Tables } from "./tables.js";

/**
 * Whether sets that rules use all the time may change one member after the other: each packet must meet at most one of the changes, so
 * that it sees the old state until then and the new one from then on. That is so when there is only one change, or when
 *
 * - all sets that change are matched on the same side of a packet only, its source or its destination, so that a packet is looked
 *   up by one address (by both, one between two members could see the first change without the second), and
 * - no address is in two of the members that come or go.
 */
export function memberByMember(changed: readonly SetDifference[], { chains, sets }: Tables): boolean {
  const members: string[] = [];
  for (const difference of changed) {
    if (difference.kind === "replaced") return false;
    members.push(...difference.added, ...difference.removed);
  }
  if (members.length === 1) return true;
  if (changed.some(({ after }) => after.type === "list:set")) return false;

  const names = new Set(changed.map(({ name }) => name));
  for (const { name, type, members: held } of sets) {
    if (type === "list:set" && held.some((member) => names.has(member))) names.add(name);
  }
  const sides = new Set<string>();
  for (const { rules } of chains) {
    for (const { matches } of rules) {
      for (const match of matches) {
        if (match.kind === "set" && names.has(match.set)) for (const side of match.flags.split(",")) sides.add(side);
      }
    }
  }
  return sides.size === 1 && areDisjoint(members);
}

/** Whether no address is in two of these members; their ports are not looked at. */
function areDisjoint(members: readonly string[]): boolean {
  const ranges: (readonly [first: bigint, last: bigint])[] = [];
  for (const member of members) {
    const range = rangeOf(member.replace(/[ ,].*$/, ""));
    if (range === undefined) return false;
    ranges.push(range);
  }
  ranges.sort(([a], [b]) => (a < b ? -1 : 1));
  return ranges.every(([first], index) => index === 0 || ranges[index - 1]![1] < first);
}

/** The addresses of a network, or of an address alone, as numbers, both ends included. */
function rangeOf(member: string): readonly [first: bigint, last: bigint] | undefined {
  const network = member.includes(":") ? member : networkOf(member);
  const [address = "", prefixLength] = network?.split("/") ?? [];
  if (!ipaddr.isValid(address)) return undefined;
  const bytes = ipaddr.parse(address).toByteArray();
  const first = BigInt(`0x${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`);
  const bits = 8 * bytes.length;
  return [first, first + (1n << BigInt(bits - Number(prefixLength ?? bits))) - 1n];
}
