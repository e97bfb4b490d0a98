import type { CalicoPort, CalicoRule } from "../../model/calico/objects.js";
import type { EndOddities } from "./rule-end.js";

type Skipped = { -readonly [Side in "source" | "destination"]?: EndOddities };

/**
 * What of a rule is not looked at where a third question and those behind it are answered by the second: ports of the source, ports of
 * the destination, nets of the source, nets of the destination are a question each where it takes several matches to ask it.
 */
export function skippedBlocks({ source, destination }: CalicoRule): Skipped {
  const skipped: Skipped = {};
  const questions = [
    { side: "source", asks: portMatches(source.ports) > 1, what: { skipsPorts: true } },
    { side: "destination", asks: portMatches(destination.ports) > 1, what: { skipsPorts: true } },
    { side: "source", asks: source.nets.length > 1, what: { skipsNets: true } },
    { side: "destination", asks: destination.nets.length > 1, what: { skipsNets: true } },
  ] as const;
  for (const { side, what } of questions.filter(({ asks }) => asks).slice(2)) {
    skipped[side] = { ...skipped[side], ...what };
  }
  return skipped;
}

/** One for each name, and one for each 15 numbers, in their order; a range is two, and is not torn apart. */
function portMatches(ports: readonly CalicoPort[]): number {
  let [names, matches, room] = [0, 0, 0];
  for (const port of ports) {
    if ("name" in port) {
      names += 1;
      continue;
    }
    const needed = port.first === port.last ? 1 : 2;
    if (needed > room) [matches, room] = [matches + 1, 15];
    room -= needed;
  }
  return names + matches;
}
