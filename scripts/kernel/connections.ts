import { formatIp } from "../../compiler/simulate/ip.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import { intersectTraffic, noTraffic, subtractTraffic, unionTraffic } from "../../compiler/simulate/traffic.js";

/**
 * The first connection that two states both let pass and a third does not, or that both refuse and it does not, for people; undefined
 * where there is none. Asked for all addresses, by classes.
 */
export function gapBetween(before: TracedTables, after: TracedTables, found: TracedTables): string | undefined {
  const reaches = [before, after, found].map((tables) => reachByRules(tables));
  const addresses = [...new Set([0, ...reaches.flatMap((reach) => reach.borders())])]
    .filter((address) => address < 2 ** 32)
    .map(formatIp);
  const classes = (its: (address: string) => number[]): [string, number[]][] => {
    const known = new Map(addresses.map((address) => [its(address).join(), address]));
    return [...known.values()].map((address) => [address, its(address)]);
  };
  const sources = classes((address) => reaches.map((reach) => reach.sourceClass(address)));
  const destinations = classes((address) => reaches.map((reach) => reach.destinationClass(address)));
  for (const [source, from] of sources) {
    for (const [destination, to] of destinations) {
      if (source === destination) continue;
      const [old, young, now] = reaches.map((reach, index) => reach.between(from[index]!, to[index]!).allowed);
      const lost = subtractTraffic(intersectTraffic(old!, young!), now!);
      const gained = subtractTraffic(now!, unionTraffic(old!, young!));
      if (lost !== noTraffic) return `${source} to ${destination} is refused on ${lost.join("-")}`;
      if (gained !== noTraffic) return `${source} to ${destination} passes on ${gained.join("-")}`;
    }
  }
  return undefined;
}
