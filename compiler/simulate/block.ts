import { isIpv4Network, parseAddress, parseCidr } from "../model/cidr.js";
import type { IpBlockPeer } from "../model/objects.js";

/** Whether an address, IPv4 or IPv6, is in a block and in none of its exceptions. */
export function blockHolds({ cidr, except }: Pick<IpBlockPeer, "cidr" | "except">, address: string): boolean {
  return isInside(address, cidr) && !except.some((hole) => isInside(address, hole));
}

function isInside(address: string, block: string): boolean {
  const bytes = parseAddress(address);
  const cidr = parseCidr(block);
  if (!bytes || !cidr || isIpv4Network({ network: bytes }) !== isIpv4Network(cidr)) return false;
  // Both are 16 bytes, an IPv4 one mapped.
  const bits = cidr.prefixLength + (128 - cidr.addressLength);
  return bytes.every((byte, index) => {
    const ignored = Math.min(8, Math.max(0, (index + 1) * 8 - bits));
    return byte >> ignored === cidr.network[index]! >> ignored;
  });
}
