import type { CalicoPolicy, CalicoRule } from "../../model/calico/objects.js";
import type { Location } from "../../text/source.js";
import type { Circumstances } from "../circumstances.js";
import {
  allTraffic,
  intersectTraffic,
  noTraffic,
  protocols,
  subtractTraffic,
  trafficOf,
  unionTraffic,
  type Traffic,
  type TrafficProtocol,
} from "../traffic.js";
import type { Place, RuleEnd } from "./rule-end.js";

/** A rule of a policy or profile, whatever kind of object it was written in. */
export interface SpecRule {
  readonly action: CalicoRule["action"];
  readonly source: RuleEnd;
  readonly destination: RuleEnd;
  /** Numbers. */
  readonly protocol?: number;
  readonly notProtocol?: number;
  readonly icmp?: CalicoRule["icmp"];
  readonly notIcmp?: CalicoRule["icmp"];
  /** Where it is written: `spec.ingress[0].from[1]`. */
  readonly field: string;
  readonly location: Location;
  /** 0-based, in `spec.ingress` or `spec.egress`; the peer and the port only of Kubernetes's policies. */
  readonly rule: number;
  readonly peer?: number;
  readonly port?: number;
}

/** What a rule may take, and what it takes for sure. */
export interface Taken {
  readonly possible: Traffic;
  readonly certain: Traffic;
}

export const nothingTaken: Taken = { possible: noTraffic, certain: noTraffic };

/** Of the traffic between two addresses that the rule means, what it takes. */
export function takenBetween(rule: SpecRule, source: Place, destination: Place, known: Circumstances): Taken {
  let { possible, certain } = protocolTaken(rule, known);
  for (const protocol of protocols) {
    if (intersectTraffic(possible, trafficOf(protocol)) === noTraffic) continue;
    const others = subtractTraffic(allTraffic, trafficOf(protocol));
    const limit = (more: Traffic, sure: Traffic): void => {
      possible = intersectTraffic(possible, unionTraffic(others, more));
      certain = intersectTraffic(certain, unionTraffic(others, sure));
    };
    const asked = rule.destination.ports?.(destination, protocol);
    if (asked) limit(asked, asked);
    const from = rule.source.ports?.(source, protocol);
    if (from) {
      const [maybe, sure] = sourceTaken(from, protocol, known.sourcePort);
      limit(maybe ? trafficOf(protocol) : noTraffic, sure ? trafficOf(protocol) : noTraffic);
    }
  }
  return { possible, certain };
}

/** Whether a source port is among those asked for: maybe, and for sure. */
function sourceTaken(
  asked: Traffic,
  protocol: TrafficProtocol,
  port: number | undefined,
): readonly [maybe: boolean, sure: boolean] {
  if (protocol === "other") return [false, false];
  if (port === undefined) return [asked !== noTraffic, subtractTraffic(trafficOf(protocol), asked) === noTraffic];
  const held = intersectTraffic(asked, trafficOf(protocol, port, port)) !== noTraffic;
  return [held, held];
}

/** What a rule takes by its protocol. */
export function protocolTaken(
  { protocol, notProtocol, icmp, notIcmp }: Pick<SpecRule, "protocol" | "notProtocol" | "icmp" | "notIcmp">,
  known: Circumstances,
): Taken {
  let taken: Taken = { possible: allTraffic, certain: allTraffic };
  const limit = ({ possible, certain }: Taken): void => {
    taken = { possible: intersectTraffic(taken.possible, possible), certain: intersectTraffic(taken.certain, certain) };
  };
  if (protocol !== undefined) limit(ofNumber(protocol, known));
  if (notProtocol !== undefined) limit(inverse(ofNumber(notProtocol, known)));
  if (icmp) limit(ofIcmp(icmp, known));
  if (notIcmp) limit(inverse(ofIcmp(notIcmp, known)));
  return taken;
}

/** All traffic of a protocol. */
function ofNumber(number: number, { other }: Circumstances): Taken {
  const found = numbers.get(number);
  if (found) return same(trafficOf(found));
  if (other) return same(other.number === number ? trafficOf("other") : noTraffic);
  return { possible: trafficOf("other"), certain: noTraffic };
}

function ofIcmp({ type, code }: NonNullable<CalicoRule["icmp"]>, { other }: Circumstances): Taken {
  if (!other) return { possible: trafficOf("other"), certain: noTraffic };
  const fits = other.icmp?.type === type && (code === undefined || other.icmp.code === code);
  return same(fits ? trafficOf("other") : noTraffic);
}

function same(traffic: Traffic): Taken {
  return { possible: traffic, certain: traffic };
}

function inverse({ possible, certain }: Taken): Taken {
  return { possible: subtractTraffic(allTraffic, certain), certain: subtractTraffic(allTraffic, possible) };
}

const numbers: ReadonlyMap<number, TrafficProtocol> = new Map([
  [6, "tcp"],
  [17, "udp"],
  [132, "sctp"],
]);

const byName: Readonly<Record<string, number>> = {
  ICMP: 1,
  TCP: 6,
  UDP: 17,
  ICMPv6: 58,
  SCTP: 132,
  UDPLite: 136,
};

/** The number of a protocol that a rule names. */
export function protocolNumber(written: string | number): number {
  return typeof written === "number" ? written : byName[written]!;
}

/** `namespace/name`, or the name of a global one. */
export function policyName({ namespace, name }: Pick<CalicoPolicy, "namespace" | "name">): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}
