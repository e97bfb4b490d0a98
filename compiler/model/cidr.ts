import ipaddr from "ipaddr.js";

/** A block of addresses as Go's net package reads it. An IPv4-mapped IPv6 block stays an IPv6 block. */
export interface Cidr {
  /** The address before the slash: 16 bytes, IPv4 ones mapped (`::ffff:0:0/96`). */
  readonly address: readonly number[];
  /** The same with the bits after the prefix cleared. */
  readonly network: readonly number[];
  /** As written, 0..32 or 0..128. */
  readonly prefixLength: number;
  /** 32 when written as IPv4, 128 when written as IPv6. */
  readonly addressLength: 32 | 128;
}

/** Reads `10.9.8.0/24`, also with leading zeros and host bits; undefined when Kubernetes refuses it. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const four = parseIpv4(text.slice(0, slash));
  const address = four ? mapped(four) : parseIpv6(text.slice(0, slash));
  const prefixLength = parseDecimal(text.slice(slash + 1));
  const addressLength = four ? 32 : 128;
  if (!address || prefixLength === undefined || prefixLength > addressLength) return undefined;
  const network = clearAfter(address, prefixLength + (128 - addressLength));
  return { address, network, prefixLength, addressLength };
}

/** Reads an IPv4 or IPv6 address as 16 bytes, IPv4 ones mapped; undefined when it is none. */
export function parseAddress(text: string): readonly number[] | undefined {
  const first = /[.:]/.exec(text)?.[0];
  if (first === ".") {
    const four = parseIpv4(text);
    return four && mapped(four);
  }
  return first === ":" ? parseIpv6(text) : undefined;
}

/** Whether the text is an IPv4 or IPv6 address to Kubernetes. */
export function isAddress(text: string): boolean {
  return ipv4Number(text) >= 0 || parseAddress(text) !== undefined;
}

/** Whether `inner` is a block inside `outer` and smaller, as the API server wants it of `except`. */
export function isStrictSubset(inner: Cidr, outer: Cidr): boolean {
  if (outer.prefixLength >= inner.prefixLength) return false;
  if (isMapped(outer.network) !== isMapped(inner.network)) return false;
  // Go compares four bytes when both are IPv4, under the last four bytes of the mask.
  const bits = outer.prefixLength + (128 - outer.addressLength);
  return equal(clearAfter(inner.network, bits), outer.network);
}

/** Whether two blocks have addresses in common. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  const bits = Math.min(...[a, b].map(({ prefixLength, addressLength }) => prefixLength + (128 - addressLength)));
  return equal(clearAfter(a.network, bits), clearAfter(b.network, bits));
}

/** Whether the network is one of IPv4 addresses, however it was written. */
export function isIpv4Network(cidr: { readonly network: readonly number[] }): boolean {
  return isMapped(cidr.network);
}

/** Whether an IPv4 block writes a number of its address, or its length, with a leading zero: `010.0.0.0/8`, `10.0.0.0/08`. */
export function leadingZeros(text: string): { readonly inAddress: boolean; readonly inLength: boolean } {
  if (text.includes(":")) return { inAddress: false, inLength: false };
  const [address, length] = text.split("/", 2) as [string, string];
  return { inAddress: /(?:^|\.)0[0-9]/.test(address), inLength: /^0+[1-9]/.test(length) };
}

/** Whether bits after the prefix are set: `10.9.8.7/16`. */
export function hasHostBits(cidr: Cidr): boolean {
  return !equal(cidr.address, cidr.network);
}

/** Something about a valid CIDR that the API server warns of. */
export type CidrWarning =
  | { readonly kind: "host-bits"; readonly block: string; readonly address: string }
  | { readonly kind: "non-standard" | "not-canonical"; readonly block: string };

export function cidrWarnings(text: string, cidr: Cidr): readonly CidrWarning[] {
  const warnings: CidrWarning[] = [];
  const block = formatBlock(cidr.network, cidr);
  if (hasHostBits(cidr))
    warnings.push({ kind: "host-bits", block, address: `${formatAddress(cidr.address)}/${cidr.addressLength}` });
  if (!isStandard(text) || (cidr.addressLength === 128 && isMapped(cidr.address)))
    warnings.push({ kind: "non-standard", block });
  if (warnings.length === 0 && cidr.addressLength === 128 && block !== text)
    warnings.push({ kind: "not-canonical", block });
  return warnings;
}

/** Four octets, decimal, leading zeros ignored. */
function parseIpv4(text: string): readonly number[] | undefined {
  const address = ipv4Number(text);
  if (address < 0) return undefined;
  return [Math.floor(address / 0x1000000), (address >> 16) & 0xff, (address >> 8) & 0xff, address & 0xff];
}

/** The same as a number below 2^32; -1 when it is none. Every pod has one, so it makes no parts. */
function ipv4Number(text: string): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    } else {
      if (digit !== -2 || octet < 0 || ++dots > 3) return -1;
      address = address * 256 + octet;
      octet = -1;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

/** Sixteen bytes; groups may have leading zeros beyond four digits. No zone. */
function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split("::", 3);
  if (halves.length > 2 || text.includes(":::")) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  if (!head) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  const tail = parseGroups(halves[1]!, true);
  if (!tail || head.length + tail.length > 14) return undefined;
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Groups between colons as bytes; the last may be an IPv4 address when `last` is true. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":", 10);
  for (const [index, group] of groups.entries()) {
    if (last && index === groups.length - 1 && group.includes(".")) {
      const four = parseIpv4(group);
      if (!four) return undefined;
      bytes.push(...four);
    } else {
      if (!/^0*[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** Digits only; undefined for anything else and for numbers that Go's parser finds too big. */
function parseDecimal(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  const value = Number.parseInt(text, 10);
  return value < 0xffffff ? value : undefined;
}

/** Whether Go's strict parser takes it too: no leading zeros in octets or the length, four digits a group at most. */
function isStandard(text: string): boolean {
  const [address, length] = text.split("/") as [string, string];
  if (/^0[0-9]/.test(length)) return false;
  for (const part of address.split(/[.:]/)) if (part.length > 4) return false;
  const four = address.slice(address.lastIndexOf(":") + 1);
  return !four.includes(".") || !four.split(".").some((octet) => /^0[0-9]/.test(octet));
}

function formatBlock(network: readonly number[], cidr: Cidr): string {
  const length = isMapped(network) ? cidr.prefixLength - (cidr.addressLength - 32) : cidr.prefixLength;
  return `${formatAddress(network)}/${length}`;
}

function formatAddress(bytes: readonly number[]): string {
  if (isMapped(bytes)) return bytes.slice(12).join(".");
  return new ipaddr.IPv6([...bytes]).toRFC5952String();
}

function mapped(four: readonly number[]): readonly number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...four];
}

function isMapped(bytes: readonly number[]): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

function clearAfter(bytes: readonly number[], bits: number): readonly number[] {
  return bytes.map((byte, index) => {
    const keep = Math.min(8, Math.max(0, bits - index * 8));
    return byte & ((0xff << (8 - keep)) & 0xff);
  });
}

function equal(left: readonly number[], right: readonly number[]): boolean {
  return left.every((byte, index) => byte === right[index]);
}

/** A block, as it is; of an address without a length the block that holds it alone. */
export function wholeBlock(text: string): string {
  return text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
}

/** A valid block with the bits after its prefix cleared, as Go prints it: `10.9.0.0/16` of `10.9.8.7/16`. */
export function maskedCidr(text: string): string {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`not a block: ${text}`);
  return formatBlock(cidr.network, cidr);
}
