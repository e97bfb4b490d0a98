import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

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
  set: (readableName) => sha(readableName).toString(36).padStart(20, "0").slice(0, 20),
  // The last ten digits by a remainder, which is much cheaper than all fifty.
  chain: (policyKey) =>
    Number(sha(policyKey) % tenDigits)
      .toString(36)
      .padStart(10, "0"),
};

function fnv(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of utf8ToBytes(text)) value = Math.imul(value ^ byte, 0x01000193);
  return String(value >>> 0);
}

/** 36 ** 10, below 2 ** 53. */
const tenDigits = 3656158440062976n;

/** The 32 bytes as one number, the first byte the most significant. */
function sha(text: string): bigint {
  // Names are many and short: to make a hasher of each would cost more than hashing.
  // oxlint-disable-next-line no-underscore-dangle -- the library calls it so
  unused._cloneInto(hasher);
  hasher.update(utf8ToBytes(text)).digestInto(digest);
  return (word(0) << 192n) | (word(8) << 128n) | (word(16) << 64n) | word(24);
}

function word(offset: number): bigint {
  return digestView.getBigUint64(offset);
}

const unused = sha256.create();
const hasher = sha256.create();
const digest = new Uint8Array(32);
const digestView = new DataView(digest.buffer);
