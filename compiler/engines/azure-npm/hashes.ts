import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** How a generation makes kernel names of readable ones. */
export interface Hashes {
  /** What stands behind `azure-npm-` in the name of a set. */
  set(readableName: string): string;
  /** What stands behind `AZURE-NPM-INGRESS-` in the name of a policy's chain; the input is `namespace/name`. */
  chain(policyKey: string): string;
}

/** FNV-1a, 32 bits, in decimal. Source: Azure NPM v1.5.50, npm/util/util.go, Hash. */
export const fnvHashes: Hashes = { set: fnv, chain: fnv };

/**
 * SHA-256 in base 36: the first 20 digits for sets, the last 10 for chains.
 * Source: Azure NPM cbd7560cf, npm/util/util.go, GetHashedName and GetHashedChainName.
 */
export const shaHashes: Hashes = {
  set: (readableName) => sha(readableName).padStart(20, "0").slice(0, 20),
  chain: (policyKey) => sha(policyKey).padStart(10, "0").slice(-10),
};

function fnv(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of utf8ToBytes(text)) value = Math.imul(value ^ byte, 0x01000193);
  return String(value >>> 0);
}

function sha(text: string): string {
  return BigInt(`0x${bytesToHex(sha256(utf8ToBytes(text)))}`).toString(36);
}
