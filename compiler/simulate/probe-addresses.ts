import { withoutRanges } from "./address-ranges.js";
import { formatIp, parseIp, parseNetwork, rangeOf, versionOf, type AddressRange } from "./ip.js";
import type { IpVersion } from "../text/ip-version.js";

/** Whether a machine can have the address and another one can reach it there. */
export function canBeProbed(address: string): boolean {
  const number = parseIp(address);
  return number !== undefined && endsOf([{ first: number, last: number }]).length > 0;
}

/** The first and the last address of ascending ranges that can be probed: two, one when they are the same, or none. */
export function endsOf(ranges: readonly AddressRange[]): readonly string[] {
  const usable = ranges.flatMap((range) => withoutRanges([range], nobodys[versionOf(range.first)]));
  if (usable.length === 0) return [];
  return [...new Set([usable[0]!.first, usable.at(-1)!.last])].map(formatIp);
}

/** What a router does not forward: this network, loopback, addresses of one link, multicast, broadcast. */
const nobodys: Readonly<Record<IpVersion, readonly AddressRange[]>> = {
  4: ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255"].map((block) => rangeOf(parseNetwork(block)!)),
  6: ["::/8", "fe80::/10", "ff00::/8"].map((block) => rangeOf(parseNetwork(block)!)),
};
