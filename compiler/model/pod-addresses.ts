import { isIpv4Network, parseAddress, parseCidr } from "./cidr.js";
import type { Pod } from "./objects.js";

/** Why addresses cannot be given. */
export type AddressProblem =
  { readonly kind: "invalid" } | { readonly kind: "full"; readonly free: number; readonly pods: number };

/**
 * An address of the block for each pod, in its order.
 *
 * A pod's namespace and name alone choose its place in the block. Where that is taken, by an address that a pod has already or by an
 * earlier pod, it gets the next free one. So pods that are added behind the others never change an address, and pods that are added elsewhere change one
 * only by landing on it: of 100 pods in a /16, one in 650 does. The first and last address of the block stay free.
 */
export function giveAddresses(
  pods: readonly Pod[],
  taken: Iterable<string>,
  podCidr: string,
): readonly string[] | AddressProblem {
  const block = parseCidr(podCidr);
  if (!block || block.addressLength !== 32 || !isIpv4Network(block)) return { kind: "invalid" };
  const base = toNumber(block.network);
  const places = 2 ** (32 - block.prefixLength) - 2;
  const used = new Set<number>();
  for (const address of taken) {
    const bytes = parseAddress(address);
    const place = bytes && isIpv4Network({ network: bytes }) ? toNumber(bytes) - base - 1 : -1;
    if (place >= 0 && place < places) used.add(place);
  }
  const free = Math.max(0, places - used.size);
  if (free < pods.length) return { kind: "full", free, pods: pods.length };
  return pods.map((pod) => {
    let place = hash(`${pod.namespace}/${pod.name}`) % places;
    while (used.has(place)) place = (place + 1) % places;
    used.add(place);
    return toText(base + 1 + place);
  });
}

/** 32 bits of a text: FNV-1a over its UTF-16 units, its bits then mixed (the names of a workload's pods differ in the last one only). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function toNumber(bytes: readonly number[]): number {
  return bytes.slice(12).reduce((number, byte) => number * 256 + byte, 0);
}

function toText(address: number): string {
  return [address >>> 24, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff].join(".");
}
