import type { AnyPort } from "../../../pairs/any-pairs.js";
import type { Icmp, PolicyRule } from "../policy.js";

/** What a rule that names no ports is about: every packet, those of a protocol, those of a type of ICMP. */
export function portsOf({ protocol, icmp }: PolicyRule): AnyPort {
  if (protocol === undefined) return { kind: "any" };
  return icmp ? ofIcmp(protocol, icmp) : ofProtocol(protocol);
}

/** What it is not about. */
export function exceptionsOf({ protocol, notProtocol, notIcmp }: PolicyRule): readonly AnyPort[] {
  return [
    ...(notProtocol === undefined ? [] : [ofProtocol(notProtocol)]),
    ...(notIcmp && protocol !== undefined ? [ofIcmp(protocol, notIcmp)] : []),
  ];
}

function ofProtocol(protocol: string | number): AnyPort {
  const known = { tcp: "TCP", udp: "UDP", sctp: "SCTP", 6: "TCP", 17: "UDP", 132: "SCTP" } as const;
  return Object.hasOwn(known, protocol)
    ? { kind: "protocol", protocol: known[protocol as keyof typeof known] }
    : { kind: "ip-protocol", protocol };
}

function ofIcmp(protocol: string | number, icmp: Icmp): AnyPort {
  return { kind: "icmp", protocol, ...icmp };
}
