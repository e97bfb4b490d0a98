import type { MarkMeaning } from "../engine.js";
import type { Generation } from "./generation.js";
import type { Marks } from "./marks.js";

/** What Calico's marks say; in the words of its documentation, tiers and profiles included. */
export function markMeanings(
  { accept, pass, drop, allBlocks, thisBlock }: Marks,
  { endpoints: { limits } }: Generation,
): readonly MarkMeaning[] {
  const withinLimit = limits ? "; ahead of the policies of a pod: it is within the pod's limit of packets" : "";
  return [
    { value: accept, means: "a policy or a profile has allowed the packet" },
    {
      value: pass,
      means: "a policy has passed the packet on: the next tier decides, behind the last one the profiles",
    },
    ...(drop === undefined ? [] : [{ value: drop, means: "a policy has denied the packet" }]),
    {
      value: allBlocks,
      means: `what a rule asks in several steps has held so far (in the table raw: the packet comes from a pod${withinLimit})`,
    },
    { value: thisBlock, means: "one of the alternatives of a step holds" },
  ];
}
