import {
  addressSet,
  masquerade,
  outInterface,
  protocol,
  returnToCaller,
  translateTo,
  type Action,
} from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { setName } from "../hashes.js";
import type { Settings } from "../settings.js";

/**
 * What pods of pools with natOutgoing send to addresses outside of all pools. Source: Calico a0db560f0520 (v3.28), felix/rules/nat.go; a range of ports
 * is for TCP and UDP alone.
 */
export function natOutgoingRules(settings: Settings, generation: Generation): readonly FelixRule[] {
  const { felix, ipVersion, underlay } = settings;
  const isOwn = (cidr: string): boolean => cidr.includes(":") === (ipVersion === 6);
  if (!underlay.pools.some(({ cidr, natOutgoing }) => natOutgoing && isOwn(cidr))) return [];
  const rule = (action: Action, of?: string): FelixRule => ({
    matches: [
      addressSet("source", setName("masq-ipam-pools", ipVersion)),
      addressSet("destination", setName(generation.statics.poolsSet, ipVersion), true),
      ...(felix.natExcludesHosts ? [addressSet("destination", setName("all-hosts-net", ipVersion), true)] : []),
      ...(of === undefined ? [] : [protocol(of)]),
      ...(felix.natInterface === "" ? [] : [outInterface(felix.natInterface)]),
    ],
    action,
  });
  const { natAddress, natPorts, features } = felix;
  const translated = (portRange?: string): Action =>
    natAddress === undefined
      ? masquerade(features, portRange)
      : translateTo(features, portRange === undefined ? natAddress : `${natAddress}:${portRange}`);
  const ranged = (of: string, range: string): readonly FelixRule[] => [
    rule(translated(range), of),
    rule(returnToCaller, of),
  ];
  return [
    ...(natPorts === undefined ? [] : ["tcp", "udp"].flatMap((of) => ranged(of, `${natPorts.first}-${natPorts.last}`))),
    rule(translated()),
  ];
}
