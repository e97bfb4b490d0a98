import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256 } from "@noble/hashes/sha2.js";
import { sha3_224 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { IpVersion } from "../../text/ip-version.js";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Base64 for URLs, without padding. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const bits = (a! << 16) | (b << 8) | c;
    const digits = Math.min(4, bytes.length - at + 1);
    for (let digit = 0; digit < digits; digit++) text += alphabet[(bits >> (18 - 6 * digit)) & 63];
  }
  return text;
}

/** The longest chain name of iptables. */
const longestChainName = 28;

export function chainName(prefix: string, suffix: string): string {
  return limitedName(prefix, suffix, longestChainName);
}

/**
 * Prefix and suffix where they fit into so many characters, else the prefix, `_`, and as much as fits of a hash of the suffix.
 * Source: Calico 87c15906f, libcalico-go/lib/hash/unique_id.go, GetLengthLimitedID.
 */
function limitedName(prefix: string, suffix: string, longest: number): string {
  const whole = prefix + suffix;
  const mayBeHash = whole.length === longest && suffix.startsWith("_");
  if (whole.length <= longest && !mayBeHash) return whole;
  return `${prefix}_${base64(sha256(utf8ToBytes(suffix)))}`.slice(0, longest);
}

/**
 * A prefix of the kernel's packet log: at most 63 characters, of longer ones both ends with a hash between. One of just 63 is hashed, too.
 * Source: Calico, felix/rules/nflogprefix.go, maybeHash; read near 87c15906f.
 */
export function flowLogPrefix(text: string): string {
  if (text.length < 63) return text;
  return `${text.slice(0, 10)}${limitedName("", text, 42)}_${text.slice(-10)}`;
}

/** `s:` and 38 characters. Source: the same file, MakeUniqueID. */
export function uniqueId(prefix: string, content: string): string {
  return `${prefix}:${base64(sha224(utf8ToBytes(`${prefix}:${content}`)))}`;
}

/** Kernel name of the set of an id, for addresses of a version of IP: 31 characters at most. */
export function setName(id: string, ipVersion: IpVersion): string {
  return `cali${ipVersion}0${id}`.slice(0, 31);
}

/** 20 characters for the name of a group's chain. */
export function groupId(lines: readonly string[]): string {
  return base64(sha3_224(utf8ToBytes(lines.map((line) => `${line}\n`).join("")))).slice(0, 20);
}

/** The name of a pod's end of its pair of interfaces, on the node, as both the Calico CNI and Azure CNI (transparent mode) form it. */
export function interfaceName(prefix: string, namespace: string, pod: string): string {
  return prefix + bytesToHex(sha1(utf8ToBytes(`${namespace}.${pod}`))).slice(0, 11);
}

/** Hashes of a chain's rules, each over the one before it and the rule's text: 16 characters each. */
export function ruleHashes(chain: string, texts: readonly string[]): readonly string[] {
  return chainedHashes(chain, texts.map(utf8ToBytes));
}

/** Ids of a policy's rules in one direction, from each rule's bytes. Source: Calico a0db560f0520, felix/calc/rule_convert.go, fillInRuleIDs. */
export function ruleIds(seed: string, rules: readonly Uint8Array[]): readonly string[] {
  return chainedHashes(seed, rules);
}

function chainedHashes(seed: string, links: readonly Uint8Array[]): readonly string[] {
  let hash = sha224(utf8ToBytes(seed));
  return links.map((bytes) => {
    hash = sha224(concatBytes(hash, bytes));
    return base64(hash).slice(0, 16);
  });
}
