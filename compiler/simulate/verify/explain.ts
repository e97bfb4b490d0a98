import { allTraffic, intersectTraffic, noTraffic, subtractTraffic, unionTraffic, type Traffic } from "../traffic.js";
import type { Occurrence } from "./alterations.js";

/** Why some traffic between two endpoints is decided otherwise than the specification says. */
export interface Explanation {
  /** None of these can be left out. Empty: nothing known explains it. */
  readonly occurrences: readonly Occurrence[];
  readonly traffic: Traffic;
}

/** What passes when the deviations are in force in these places, or (without them) in all that there are. */
export type TrafficUnder = (occurrences?: readonly Occurrence[]) => Traffic;

/**
 * Parts `differing` by its causes. A set of occurrences explains a packet when the specification with just these in force says of it
 * what the rules say. Each occurrence that suffices alone is a cause. What none explains is explained by the fewest codes, in the order
 * of `candidates`: one, then two, then all of them, and of these by no more places than it takes. `candidates` are the
 * places that may well matter; `everywhere` gives all, for packets where others do.
 */
export function explain(
  differing: Traffic,
  allowedByRules: Traffic,
  candidates: readonly Occurrence[],
  under: TrafficUnder,
  everywhere: () => readonly Occurrence[] = () => candidates,
): readonly Explanation[] {
  const agreeing: Agreeing = (among, occurrences) =>
    intersectTraffic(among, sameVerdict(under(occurrences), allowedByRules));
  const found: Explanation[] = [];
  const explained = agreeing(differing);
  const unexplained = subtractTraffic(differing, explained);
  if (unexplained !== noTraffic) found.push({ occurrences: [], traffic: unexplained });

  let rest = explained;
  if (explained !== noTraffic) {
    for (const occurrence of candidates) {
      // That policies can't be understood one by one is a reason only where no simpler one is found.
      if (occurrence.together) continue;
      const alone = agreeing(explained, [occurrence]);
      if (alone === noTraffic) continue;
      found.push({ occurrences: [occurrence], traffic: alone });
      rest = subtractTraffic(rest, alone);
    }
  }
  for (const codes of subsets([...new Set(candidates.map(({ code }) => code))])) {
    if (rest === noTraffic) break;
    const chosen = candidates.filter(({ code }) => codes.includes(code));
    const part = agreeing(rest, chosen);
    if (part === noTraffic) continue;
    found.push({ occurrences: without(chosen, part, agreeing), traffic: part });
    rest = subtractTraffic(rest, part);
  }
  const byAll = agreeing(rest, candidates);
  if (byAll !== noTraffic) found.push({ occurrences: without(candidates, byAll, agreeing), traffic: byAll });
  const byOthers = subtractTraffic(rest, byAll);
  if (byOthers !== noTraffic) found.push({ occurrences: without(everywhere(), byOthers, agreeing), traffic: byOthers });
  return found;
}

/** The packets of which the specification says the same as the rules when these are in force. */
type Agreeing = (among: Traffic, occurrences?: readonly Occurrence[]) => Traffic;

/** Packets on which two sets of allowed traffic agree. */
function sameVerdict(a: Traffic, b: Traffic): Traffic {
  return subtractTraffic(allTraffic, differenceOf(a, b));
}

/** What one of the two allows and the other does not. */
export function differenceOf(a: Traffic, b: Traffic): Traffic {
  return unionTraffic(subtractTraffic(a, b), subtractTraffic(b, a));
}

function* subsets<T>(items: readonly T[]): Generator<readonly T[]> {
  for (const item of items) yield [item];
  for (const [index, first] of items.entries()) for (const second of items.slice(index + 1)) yield [first, second];
}

/** The occurrences that the traffic needs: each one is left out that can be, the last ones first. */
function without(occurrences: readonly Occurrence[], traffic: Traffic, agreeing: Agreeing): readonly Occurrence[] {
  let kept = occurrences;
  for (const occurrence of occurrences.toReversed()) {
    const fewer = kept.filter((each) => each !== occurrence);
    if (subtractTraffic(traffic, agreeing(traffic, fewer)) === noTraffic) kept = fewer;
  }
  return kept;
}
