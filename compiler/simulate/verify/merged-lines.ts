import type { LabelSelector, NetworkPolicy, PolicyPort, PolicyType, Requirement } from "../../model/objects.js";
import { keyOf } from "../../model/objects.js";
import { blockHolds } from "../block.js";
import type { Cluster } from "../cluster.js";
import { allTraffic, noTraffic, type Traffic } from "../traffic.js";
import type { Alterations, Stop } from "./alterations.js";
import { asRead } from "./altered-blocks.js";
import { trafficOfPort, type Ends } from "./altered-ports.js";
import { isSubject, meansAddress } from "./altered-selectors.js";
import type { Address } from "./holders.js";
import { Lines, type Line } from "./lines.js";
import { servicePorts } from "./services.js";

/**
 * How policies were carried out from v1.0.27 to v1.0.30: rules with ports lead to one list of the peers of all policies, which ends with
 * a DROP for each; policies with one selector are merged, two at a time.
 */
export function mergedTraffic(cluster: Cluster, ends: Ends, altered: Alterations, stops: readonly Stop[]): Traffic {
  let lines = known.get(altered);
  if (!lines) known.set(altered, (lines = linesOf(cluster, altered, stops)));
  return lines.traffic(["INGRESS-PORT", "EGRESS-PORT", "TARGET-SETS"], ends, allTraffic);
}

const known = new WeakMap<Alterations, Lines>();

function linesOf(cluster: Cluster, altered: Alterations, stops: readonly Stop[]): Lines {
  const lines = new Lines("last");
  const merged = new Map<string, NetworkPolicy>();
  const write = (policy: NetworkPolicy): void => {
    const stop = stops.find(
      ({ object }) =>
        object === keyOf(policy) &&
        altered.on(
          "npm-stops-at-rule",
          cluster.policies.find((each) => keyOf(each) === object)!,
        ),
    );
    for (const line of policyLines(policy, altered)) {
      if (stop && fails(line, stop)) return;
      lines.add(line);
    }
  };
  for (const policy of cluster.policies) {
    const key = `${policy.namespace} ${selectorKey(policy.podSelector)}`;
    const other = merged.get(key);
    if (!other) {
      merged.set(key, policy);
      write(policy);
      continue;
    }
    const stop = stops.find(({ object }) => object === keyOf(other));
    const old = policyLines(other, altered);
    const end = old.findIndex((line) => stop && fails(line, stop));
    for (const line of end < 0 ? old : old.slice(0, end)) lines.remove(line);
    // The first two are merged, the third begins anew.
    if (end < 0) merged.delete(key);
    write(merge(other, policy));
  }
  return lines;
}

/** Where iptables does not understand a line; of the words that overwrite each other only the release itself knows. */
function fails(line: Line, stop: Stop): boolean {
  if (line.fails || line.field !== stop.field) return line.fails === true;
  return line.chain === "EGRESS-TO" || (line.chain === "EGRESS-PORT" && line.text.startsWith("open "));
}

function merge(old: NetworkPolicy, added: NetworkPolicy): NetworkPolicy {
  const egressOnly = [old, added].every(({ policyTypes }) => policyTypes.length === 1 && policyTypes[0] === "Egress");
  return {
    ...old,
    policyTypes: egressOnly ? ["Egress"] : ["Ingress", "Egress"],
    ingress: [...old.ingress, ...added.ingress],
    egress: [...old.egress, ...added.egress],
  };
}

function policyLines(policy: NetworkPolicy, altered: Alterations): readonly Line[] {
  const lines: Line[] = [];
  const closed = new Set<PolicyType>();
  for (const type of policy.policyTypes) if (directionLines(policy, type, altered, lines)) closed.add(type);
  for (const type of ["Ingress", "Egress"] as const) {
    const rules = type === "Ingress" ? policy.ingress : policy.egress;
    const isOpened = rules.length === 1 && rules[0]!.peers.length === 0 && rules[0]!.ports.length === 0;
    if (!policy.policyTypes.includes(type) || isOpened || closed.has(type)) continue;
    lines.push(drop("TARGET-SETS", policy, type, altered));
  }
  return lines;
}

/** True when the direction's list of peers ends with a DROP. */
function directionLines(policy: NetworkPolicy, type: PolicyType, altered: Alterations, lines: Line[]): boolean {
  const [list, peersField, chain, peers] =
    type === "Ingress"
      ? (["ingress", "from", "INGRESS-PORT", "INGRESS-FROM"] as const)
      : (["egress", "to", "EGRESS-PORT", "EGRESS-TO"] as const);
  const subject = subjectText(policy, type);
  const add = (
    where: string,
    field: string,
    text: string,
    to: Line["to"],
    takes: Line["takes"],
    failing = false,
  ): void => {
    lines.push({
      chain: where,
      field,
      text: `${text} ${subject}`,
      to,
      takes: forSubject(policy, type, altered, takes),
      fails: failing,
    });
  };
  let closes = false;
  policy[list].forEach((rule, index) => {
    const field = `spec.${list}[${index}]`;
    if (rule.peers.length === 0) {
      for (const port of rule.ports)
        add(chain, field, `${portText(port)} accept`, "ACCEPT", portTakes(port, altered), portFails(port));
      if (rule.ports.length > 0) return;
      // A list of all namespaces stands for everybody.
      const everybody = (ends: Ends): Traffic =>
        !altered.on("npm-open-rule-pods-only", rule) || otherEnd(ends, type).isPod ? allTraffic : noTraffic;
      add(chain, field, "open", "ACCEPT", everybody);
      return;
    }
    rule.peers.forEach((peer, position) => {
      const at = `${field}.${peersField}[${position}]`;
      if (peer.kind === "ipBlock") {
        const inside = (cidr: string) => (ends: Ends) =>
          blockHolds({ cidr, except: [] }, otherEnd(ends, type).text) ? allTraffic : noTraffic;
        const block = asRead(peer, altered);
        const fails = (cidr: string): boolean => /[:?]/.test(cidr);
        for (const except of block.except) add(peers, at, `${except} drop`, "DROP", inside(except), fails(except));
        add(peers, at, `${block.cidr} accept`, "ACCEPT", inside(block.cidr), fails(block.cidr));
        closes = true;
        return;
      }
      if (altered.on("npm-skips-both-selectors", peer)) return;
      const text = JSON.stringify([peer.namespaceSelector, peer.podSelector].map((each) => each && selectorText(each)));
      const own = peer.namespaceSelector || !isEmptySelector(peer.podSelector!) ? "" : policy.namespace;
      const means = (ends: Ends): Traffic =>
        meansAddress(peer, policy, otherEnd(ends, type), altered) ? allTraffic : noTraffic;
      add(peers, at, `${text} ${own} accept`, "ACCEPT", means);
      closes = true;
    });
    const lead = { chain: peers };
    if (rule.ports.length === 0) add(chain, field, "lead", lead, () => allTraffic);
    for (const port of rule.ports)
      add(chain, field, `${portText(port)} lead`, lead, portTakes(port, altered), portFails(port));
  });
  if (closes) lines.push(drop(peers, policy, type, altered));
  return closes;
}

function drop(chain: string, policy: NetworkPolicy, type: PolicyType, altered: Alterations): Line {
  const takes = forSubject(policy, type, altered, () => allTraffic);
  return { chain, field: "spec.podSelector", text: `drop ${subjectText(policy, type)}`, to: "DROP", takes };
}

function forSubject(
  policy: NetworkPolicy,
  type: PolicyType,
  altered: Alterations,
  takes: Line["takes"],
): Line["takes"] {
  return (ends) =>
    isSubject(policy, type === "Ingress" ? ends.destination : ends.source, altered) ? takes(ends) : noTraffic;
}

function otherEnd({ source, destination }: Ends, type: PolicyType): Address {
  return type === "Ingress" ? source : destination;
}

function portTakes(port: PolicyPort, altered: Alterations): Line["takes"] {
  return (ends) => trafficOfPort(port, ends, false, altered);
}

function portFails({ port, protocol }: PolicyPort): boolean {
  return typeof port === "string" && (protocol === "SCTP" || !servicePorts.has(port));
}

function portText({ protocol, port }: PolicyPort): string {
  return `${protocol} ${port ?? ""}`;
}

function subjectText(policy: NetworkPolicy, type: PolicyType): string {
  const empty = isEmptySelector(policy.podSelector);
  return `${type} ${empty ? policy.namespace : selectorText(policy.podSelector)}`;
}

function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return matchLabels.size === 0 && matchExpressions.length === 0;
}

/** What decides whether two policies are merged: the selector as written, its expressions in NPM's order. */
function selectorKey({ matchLabels, matchExpressions }: LabelSelector): string {
  const expressions = sorted(matchExpressions).map(({ key, operator, values }) => [key, operator, values.toSorted()]);
  return JSON.stringify([[...matchLabels], expressions]);
}

/** The sets that a selector asks for: those of labels, then one for each value of an expression. */
function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = [...matchLabels].map(([key, value]) => `${key}:${value}`);
  const expressions = sorted(matchExpressions).flatMap(({ key, operator, values }) => {
    const not = operator === "NotIn" || operator === "DoesNotExist" ? "!" : "";
    return values.length === 0 ? [not + key] : values.toSorted().map((value) => `${not}${key}:${value}`);
  });
  return [...labels, ...expressions].join(" ");
}

/** By the first letters of key and value. */
function sorted(expressions: readonly Requirement[]): readonly Requirement[] {
  const rank = ({ key, values }: Requirement): string => key.slice(0, 1) + (values.toSorted()[0] ?? "").slice(0, 1);
  return expressions.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
