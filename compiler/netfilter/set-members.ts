/** A member as the kernel prints it: network masked, `/32` left out, protocol in lower case. */
export function kernelMember(member: string): string {
  const comma = member.indexOf(",");
  if (comma >= 0) return member.slice(0, comma) + member.slice(comma).toLowerCase();
  if (member.indexOf("/") < 0) return member;
  return (networkOf(member) ?? member) + (isNomatch(member) ? " nomatch" : "");
}

/**
 * The masked IPv4 network of a `hash:net` member (`10.0.0.0/8`, or an address alone), or undefined when ipset refuses it. As to C's strtoul,
 * a number with a leading zero is octal: `010.0.0.0/8` is 8.0.0.0/8, and 08 no number.
 */
export function networkOf(member: string): string | undefined {
  const text = isNomatch(member) ? member.slice(0, -nomatch.length) : member;
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  const prefixLength = slash < 0 ? 32 : parseNumber(text.slice(slash + 1));
  // hash:net holds no network of prefix length 0.
  if (address === undefined || prefixLength === undefined || prefixLength < 1 || prefixLength > 32) return undefined;
  const masked = (address & (-1 << (32 - prefixLength))) >>> 0;
  const printed = [masked >>> 24, (masked >>> 16) & 255, (masked >>> 8) & 255, masked & 255].join(".");
  return prefixLength === 32 ? printed : `${printed}/${prefixLength}`;
}

/** By address, then prefix length, then the rest; names of sets by byte order, behind addresses. */
export function compareMembers(a: string, b: string): number {
  const [left, right] = [leadingAddress(a), leadingAddress(b)];
  if (left !== right) return left - right;
  if (left === notAnAddress) return a < b ? -1 : a > b ? 1 : 0;
  return prefixOf(a) - prefixOf(b) || a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

const nomatch = " nomatch";
const notAnAddress = 0x100000000;

function isNomatch(member: string): boolean {
  return member.endsWith(nomatch);
}

function prefixOf(member: string): number {
  const slash = member.indexOf("/");
  return slash < 0 ? 32 : parseInt(member.slice(slash + 1), 10);
}

/** The IPv4 address that a member starts with, as a number; `notAnAddress` for names. */
function leadingAddress(member: string): number {
  let value = 0;
  let octet = 0;
  let dots = 0;
  for (let i = 0; i < member.length; i++) {
    const code = member.charCodeAt(i);
    if (code >= 48 && code <= 57) octet = octet * 10 + code - 48;
    else if (code === 46 && dots < 3) {
      value = value * 256 + octet;
      octet = 0;
      dots++;
    } else if (dots === 3 && (code === 44 || code === 47 || code === 32)) break;
    else return notAnAddress;
  }
  return dots === 3 ? value * 256 + octet : notAnAddress;
}

function parseAddress(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    const number = parseNumber(octet);
    if (number === undefined || number > 255) return undefined;
    value = value * 256 + number;
  }
  return value;
}

/** A number as C reads it: octal behind a leading zero; undefined where it is none. */
function parseNumber(text: string): number | undefined {
  const octal = text.length > 1 && text.charCodeAt(0) === 48;
  const base = octal ? 8 : 10;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit >= base) return undefined;
    value = value * base + digit;
  }
  return text === "" ? undefined : value;
}
