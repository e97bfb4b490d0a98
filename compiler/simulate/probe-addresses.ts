import { formatIpv4, parseIpv4, parseIpv4Network, rangeOf, type AddressRange } from "./ipv4.js";

/** Whether a machine can have the address and another one can reach it there. */
export function canBeProbed(address: string): boolean {
  const number = parseIpv4(address);
  return number !== undefined && nobodys.every(({ first, last }) => number < first || number > last);
}

/** The first and the last address of ascending ranges that can be probed: two, one when they are the same, or none. */
export function endsOf(ranges: readonly AddressRange[]): readonly string[] {
  const usable = ranges.flatMap(withoutNobodys);
  if (usable.length === 0) return [];
  return [...new Set([usable[0]!.first, usable.at(-1)!.last])].map(formatIpv4);
}

/** What a router does not forward, ascending: this network, loopback, multicast, the broadcast address. */
const nobodys: readonly AddressRange[] = ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255"].map((block) =>
  rangeOf(parseIpv4Network(block)!),
);

function withoutNobodys(range: AddressRange): readonly AddressRange[] {
  const kept: AddressRange[] = [];
  let { first } = range;
  for (const hole of nobodys) {
    if (hole.last < first || hole.first > range.last) continue;
    if (hole.first > first) kept.push({ first, last: hole.first - 1 });
    first = hole.last + 1;
  }
  if (first <= range.last) kept.push({ first, last: range.last });
  return kept;
}
