import type {
  IpBlockPeer,
  LabelSelector,
  NetworkPolicy,
  PodPeer,
  PolicyPort,
  PolicyType,
  Requirement,
} from "../../model/objects.js";
import { blockHolds } from "../block.js";
import { allTraffic, noTraffic } from "../traffic.js";
import type { Alterations } from "./alterations.js";
import { trafficOfPort, type Ends } from "./altered-ports.js";
import { isSubject } from "./altered-selectors.js";
import type { Address } from "./holders.js";
import type { Line } from "./lines.js";
import { servicePorts } from "./services.js";

/** What lines of v1.0.27 to v1.1.4 are made of. */

/** What a line takes that is for the pods of a policy alone. */
export function forSubject(
  policy: NetworkPolicy,
  type: PolicyType,
  altered: Alterations,
  takes: Line["takes"],
): Line["takes"] {
  return (ends) =>
    isSubject(policy, type === "Ingress" ? ends.destination : ends.source, altered) ? takes(ends) : noTraffic;
}

/** What a line takes that is for the addresses of a block. */
export function blockTakes({ cidr, except }: Pick<IpBlockPeer, "cidr" | "except">, type: PolicyType): Line["takes"] {
  return (ends) => (blockHolds({ cidr, except }, otherEnd(ends, type).text) ? allTraffic : noTraffic);
}

/** Whether iptables takes the text for no IPv4 network. */
export function blockFails(cidr: string): boolean {
  return /[:?]/.test(cidr);
}

export function otherEnd({ source, destination }: Ends, type: PolicyType): Address {
  return type === "Ingress" ? source : destination;
}

export function portTakes(port: PolicyPort, altered: Alterations): Line["takes"] {
  return (ends) => trafficOfPort(port, ends, false, altered);
}

/** Whether iptables does not know the port, which goes to it by its name. */
export function portFails({ port, protocol }: PolicyPort): boolean {
  return typeof port === "string" && (protocol === "SCTP" || !servicePorts.has(port));
}

export function portText({ protocol, port }: PolicyPort): string {
  return `${protocol} ${port ?? ""}`;
}

/** The pods of a policy, of whatever namespace when they have labels. */
export function subjectText(policy: NetworkPolicy, type: PolicyType): string {
  const empty = isEmptySelector(policy.podSelector);
  return `${type} ${empty ? policy.namespace : selectorText(policy.podSelector)}`;
}

export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return matchLabels.size === 0 && matchExpressions.length === 0;
}

/** A peer with selectors; those of an empty podSelector are of the policy's own namespace. */
export function peerText({ namespaceSelector, podSelector }: PodPeer, policy: NetworkPolicy): string {
  const own = podSelector && isEmptySelector(podSelector) ? policy.namespace : "";
  return `${JSON.stringify([namespaceSelector, podSelector].map((each) => each && selectorText(each)))} ${own}`;
}

/** The sets that a selector asks for: those of labels, then one for each value of an expression. */
function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = [...matchLabels].map(([key, value]) => `${key}:${value}`);
  const expressions = sortedByLetters(matchExpressions).flatMap(({ key, operator, values }) => {
    const not = operator === "NotIn" || operator === "DoesNotExist" ? "!" : "";
    return values.length === 0 ? [not + key] : values.toSorted().map((value) => `${not}${key}:${value}`);
  });
  return [...labels, ...expressions].join(" ");
}

/** By the first letters of key and value. */
export function sortedByLetters(expressions: readonly Requirement[]): readonly Requirement[] {
  const rank = ({ key, values }: Requirement): string => key.slice(0, 1) + (values.toSorted()[0] ?? "").slice(0, 1);
  return expressions.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
