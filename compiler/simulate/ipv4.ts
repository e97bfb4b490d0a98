/** IPv4 addresses `first`..`last` as numbers 0..2^32-1, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** `10.0.0.7` as a number; undefined for anything but four decimal octets. */
export function parseIpv4(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!/^\d{1,3}$/.test(octet) || Number(octet) > 255) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

export function formatIpv4(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join(".");
}

/** An address with the bits behind a prefix cleared. */
export function maskIpv4(address: number, prefixLength: number): number {
  return prefixLength === 0 ? 0 : (address & (-1 << (32 - prefixLength))) >>> 0;
}

export interface Ipv4Network {
  /** Masked. */
  readonly network: number;
  /** 0..32 */
  readonly prefixLength: number;
}

/** `10.0.0.0/8`, or an address alone; undefined for anything else, other forms of masks included. */
export function parseIpv4Network(text: string): Ipv4Network | undefined {
  const slash = text.indexOf("/");
  const address = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? "32" : text.slice(slash + 1);
  if (address === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  return { network: maskIpv4(address, Number(length)), prefixLength: Number(length) };
}

export function rangeOf({ network, prefixLength }: Ipv4Network): AddressRange {
  return { first: network, last: network + 2 ** (32 - prefixLength) - 1 };
}
