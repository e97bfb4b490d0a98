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
  const free = bitsOf(mask);
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

/**
 * The marks by which the endpoints of a node are told apart, the lowest one being that of whoever is none. Source: Calico a0db560f0520,
 * felix/rules/epmark.go and felix/markbits: places from a hash of the name, the next free one where it is taken.
 */
export class EndpointMarks {
  readonly mask: number;
  readonly nobody: number;
  readonly #byName = new Map<string, number>();

  /** `mask`: at least one bit. Names beyond `endpointPlaces` have no mark: 0. */
  constructor(mask: number, names: readonly string[]) {
    this.mask = mask;
    this.nobody = lowestBit(mask);
    const bits = bitsOf(mask);
    const places = 2 ** bits.length;
    const taken = new Set([0, 1]);
    for (const name of new Set(names)) {
      if (taken.size >= places) return;
      let place = fnv32(name) % places;
      while (taken.has(place)) place = (place + 1) % places;
      taken.add(place);
      const mark = bits.reduce((all, bit, at) => (Math.floor(place / 2 ** at) % 2 === 1 ? (all | bit) >>> 0 : all), 0);
      this.#byName.set(name, mark);
    }
  }

  of(name: string): number {
    return this.#byName.get(name) ?? 0;
  }
}

/** How many endpoints marks of a mask can tell apart: none is 0, and the lowest bit is nobody's. */
export function endpointPlaces(mask: number): number {
  return 2 ** bitsOf(mask).length - 2;
}

/** The bits of a mask of 32, from the lowest one. */
export function bitsOf(mask: number): number[] {
  return Array.from({ length: 32 }, (_, place) => (1 << place) >>> 0).filter((bit) => (mask & bit) !== 0);
}

export function lowestBit(mask: number): number {
  return (mask & -mask) >>> 0;
}

/** FNV-1 of 32 bits, over ASCII. */
function fnv32(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = (Math.imul(hash, 0x01000193) ^ character.charCodeAt(0)) >>> 0;
  return hash;
}
