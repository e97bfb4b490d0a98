import type { IpSet } from "./tables.js";
import { TextWriter } from "./text-writer.js";

/**
 * Sets as `ipset save` prints them, without what differs between kernels and runs: bucketsize and initval are left out, and
 * hashsize, which the kernel doubles as a set fills, always has its first value.
 */
export function printIpsetSave(sets: readonly IpSet[]): string {
  const writer = new TextWriter();
  for (const set of sets) {
    writer.pieces.push(printCreate(set), "\n");
    const start = `add ${set.name} `;
    for (const member of set.members) writer.pieces.push(start, member, "\n");
  }
  return writer.toString();
}

/** The kernel's `maxelem` where nobody asks for another. */
export const defaultMaxElements = 65536;

function printCreate(set: IpSet): string {
  if (set.type === "list:set") return `create ${set.name} list:set size 8`;
  return `create ${set.name} ${set.type} family ${set.family ?? "inet"} hashsize 1024 maxelem ${set.maxElements ?? defaultMaxElements}`;
}
