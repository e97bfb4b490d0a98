import ipaddr from "ipaddr.js";
import { isIpv4Network, parseAddress, parseCidr, wholeBlock } from "../model/cidr.js";
import type { IpVersion } from "../text/ip-version.js";

/**
 * An address as a number: of IPv4 a `number` 0..2^32-1, of IPv6 a `bigint` 0..2^128-1. No address of one version equals one of the other;
 * which is the smaller one may be asked of addresses of one version alone.
 */
export type Ip = number | bigint;

/** Addresses `first`..`last` of one version, both ends included. */
export interface AddressRange {
  readonly first: Ip;
  readonly last: Ip;
}

export interface Network {
  /** Masked. */
  readonly network: Ip;
  /** 0..32, of IPv6 0..128 */
  readonly prefixLength: number;
}

export function versionOf(address: Ip): IpVersion {
  return typeof address === "number" ? 4 : 6;
}

/** The version of an address or a block as it is written. */
export function versionOfText(text: string): IpVersion {
  return text.includes(":") ? 6 : 4;
}

/** `10.0.0.7` or `fd00::7` as a number; undefined for anything else. IPv4 takes four decimal octets. */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(":")) {
    const bytes = parseAddress(text);
    return bytes && fromBytes(bytes);
  }
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!/^\d{1,3}$/.test(octet) || Number(octet) > 255) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

/** As the kernel prints it: of IPv6 with the longest run of zeros left out. */
export function formatIp(address: Ip): string {
  if (typeof address === "bigint") return new ipaddr.IPv6(toBytes(address)).toRFC5952String();
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join(".");
}

/** An address as the kernel prints it. */
export function plainIp(text: string): string {
  const address = text.includes(":") ? parseIp(text) : undefined;
  return address === undefined ? text : formatIp(address);
}

/** An address with the bits behind a prefix cleared. */
export function maskIp(address: Ip, prefixLength: number): Ip {
  if (typeof address === "number") return prefixLength === 0 ? 0 : (address & (-1 << (32 - prefixLength))) >>> 0;
  const hostBits = BigInt(128 - prefixLength);
  return (address >> hostBits) << hostBits;
}

/** The address behind it; behind the last one that of no machine. */
export function after(address: Ip): Ip {
  return typeof address === "number" ? address + 1 : address + 1n;
}

export function before(address: Ip): Ip {
  return typeof address === "number" ? address - 1 : address - 1n;
}

/** Ascending, IPv4 first. */
export function compareIps(a: Ip, b: Ip): number {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of two addresses of one version. */
export function earlier(a: Ip, b: Ip): Ip {
  return a < b ? a : b;
}

export function later(a: Ip, b: Ip): Ip {
  return a < b ? b : a;
}

/** `10.0.0.0/8`, `fd00::/8`, or an address alone; undefined for anything else, other forms of masks included. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = typeof address === "number" ? 32 : 128;
  const length = slash < 0 ? `${bits}` : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { network: maskIp(address, Number(length)), prefixLength: Number(length) };
}

/** A block as an object writes it: with host bits, leading zeros, IPv4 mapped into IPv6; or an address alone. */
export function networkOfBlock(block: string): Network | undefined {
  const cidr = parseCidr(wholeBlock(block));
  if (!cidr) return undefined;
  if (!isIpv4Network(cidr)) return { network: fromBytes(cidr.network), prefixLength: cidr.prefixLength };
  const [a, b, c, d] = cidr.network.slice(12) as [number, number, number, number];
  return {
    network: ((a * 256 + b) * 256 + c) * 256 + d,
    prefixLength: cidr.prefixLength - (cidr.addressLength - 32),
  };
}

export function rangeOf({ network, prefixLength }: Network): AddressRange {
  const last =
    typeof network === "number"
      ? network + 2 ** (32 - prefixLength) - 1
      : network + (1n << BigInt(128 - prefixLength)) - 1n;
  return { first: network, last };
}

/** All addresses of a version. */
export function everyAddress(version: IpVersion): AddressRange {
  return rangeOf({ network: version === 4 ? 0 : 0n, prefixLength: 0 });
}

function fromBytes(bytes: readonly number[]): bigint {
  let address = 0n;
  for (let at = 0; at < 16; at += 4) {
    const word = bytes[at]! * 0x1000000 + bytes[at + 1]! * 0x10000 + bytes[at + 2]! * 0x100 + bytes[at + 3]!;
    address = (address << 32n) | BigInt(word);
  }
  return address;
}

function toBytes(address: bigint): number[] {
  const digits = address.toString(16).padStart(32, "0");
  return Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}
