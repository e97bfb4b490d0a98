/** Bits of a packet's mark, a single one each but for `endpoint`; unsigned. */
export interface Marks {
  readonly accept: number;
  readonly pass: number;
  /** Set by a deny rule before the packet is dropped; absent where it drops at once. */
  readonly drop?: number;
  /** All blocks of a rule hold so far; this block holds. */
  readonly allBlocks: number;
  readonly thisBlock: number;
  /** The packet came in encrypted; absent without WireGuard. */
  readonly wireguard?: number;
  /** The bits that are left, which tell endpoints apart. */
  readonly endpoint: number;
}

/**
 * What the bits of a mask are for: the lowest is the first. Undefined where they do not suffice: Felix wants one left for endpoints, too.
 * Source: Calico 87c15906f, felix/dataplane/driver.go; a0db560f0520, felix/rules/rule_defs.go, Config.validate.
 */
export function allocateMarks(mask: number, marksDenied: boolean, wireguard: boolean): Marks | undefined {
  const free = Array.from({ length: 32 }, (_, place) => (1 << place) >>> 0).filter((bit) => (mask & bit) !== 0);
  const next = (): number => free.shift() ?? 0;
  const accept = next();
  const pass = next();
  const drop = marksDenied ? next() : undefined;
  const allBlocks = next();
  const thisBlock = next();
  const encrypted = wireguard ? next() : undefined;
  if (free.length === 0) return undefined;
  return {
    accept,
    pass,
    ...(drop !== undefined && { drop }),
    allBlocks,
    thisBlock,
    ...(encrypted !== undefined && { wireguard: encrypted }),
    endpoint: free.reduce((all, bit) => (all | bit) >>> 0, 0),
  };
}

/** The bits that are cleared before host endpoints are looked at. */
export function clearedBits({ accept, pass, allBlocks, thisBlock }: Marks): number {
  return accept | pass | allBlocks | thisBlock;
}
