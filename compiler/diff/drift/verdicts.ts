import { everyAddress, formatIp, versionOf } from "../../simulate/ip.js";
import { reachByRules } from "../../simulate/reach-by-rules.js";
import { noTraffic, portsOf, protocols, subtractTraffic, type Traffic } from "../../simulate/traffic.js";
import type { Tables } from "../../netfilter/tables.js";
import type { IpVersion } from "../../text/ip-version.js";

/**
 * The first connection that fares otherwise by the one tables than by the others, in words; undefined where all fare the same. Asked for
 * all addresses, by classes.
 */
export function firstOtherVerdict(wanted: Tables, node: Tables, version: IpVersion): string | undefined {
  const [should, does] = [reachByRules(wanted), reachByRules(node)];
  const { first, last } = everyAddress(version);
  const addresses = [...new Set([first, ...should.borders(), ...does.borders()])]
    .filter((address) => versionOf(address) === version && address <= last)
    .map(formatIp);
  const classes = (number: (address: string) => [number, number]): [string, number, number][] => {
    const found = new Map<string, [string, number, number]>();
    for (const address of addresses) {
      const [a, b] = number(address);
      if (!found.has(`${a} ${b}`)) found.set(`${a} ${b}`, [address, a, b]);
    }
    return [...found.values()];
  };
  const sources = classes((address) => [should.sourceClass(address), does.sourceClass(address)]);
  const destinations = classes((address) => [should.destinationClass(address), does.destinationClass(address)]);
  for (const [source, from, fromThere] of sources) {
    for (const [destination, to, toThere] of destinations) {
      const [right, found] = [should.between(from, to).allowed, does.between(fromThere, toThere).allowed];
      const [lost, gained] = [subtractTraffic(right, found), subtractTraffic(found, right)];
      if (lost !== noTraffic) return `${source} to ${destination} is refused on ${exampleOf(lost)}`;
      if (gained !== noTraffic) return `${source} to ${destination} passes on ${exampleOf(gained)}`;
    }
  }
  return undefined;
}

function exampleOf(traffic: Traffic): string {
  for (const protocol of protocols) {
    const [interval] = portsOf(traffic, protocol);
    if (interval) return protocol === "other" ? "other protocols" : `${interval.first}/${protocol}`;
  }
  return "nothing";
}
