import { keyOf, type Labels, type NetworkPolicy, type PolicyType } from "../../model/objects.js";
import { selects } from "../../model/selector.js";
import { blockHolds } from "../../simulate/block.js";
import type { Cluster, Endpoint } from "../../simulate/cluster.js";
import type { Judgement, Packet } from "../../simulate/judge.js";
import type { Source } from "../../text/source.js";
import {
  addDocument,
  addItem,
  childAt,
  removeEntry,
  removeItem,
  valueAt,
  type TextEdit,
  type Written,
} from "./yaml-lines.js";

/** One change of one field of one policy, or a new policy. */
export interface Candidate {
  readonly policy: string;
  /** `add a peer to spec.ingress[0].from` */
  readonly what: string;
  readonly source: Source;
  readonly edit: TextEdit;
}

/** Changes that may turn a verdict towards `wanted`, by policy and place; whether one does, only judging says. */
export function candidatesFor(
  wanted: "allow" | "deny",
  packet: Packet,
  judgement: Judgement,
  cluster: Cluster,
): readonly Candidate[] {
  return directions.flatMap((direction) => {
    const { verdict, reasons } = judgement[direction];
    if (wanted === "allow" && verdict === "allow") return [];
    const subject = direction === "ingress" ? packet.destination : packet.source;
    const other = direction === "ingress" ? packet.source : packet.destination;
    const ground: Ground = { direction, subject, other, packet, cluster };
    const named = new Set(reasons.flatMap((reason) => ("policy" in reason ? [reason.policy] : [])));
    const policies = cluster.policies.filter((policy) => named.has(keyOf(policy)));
    if (wanted === "allow") return policies.flatMap((policy) => opening(policy, ground));
    const closed = reasons.flatMap((reason) => {
      const policy = cluster.policies.find((each) => reason.kind === "rule-allows" && keyOf(each) === reason.policy);
      return policy && reason.kind === "rule-allows"
        ? closing(policy, reason.rule, reason.peer, reason.port, ground)
        : [];
    });
    return policies.length > 0 || subject.kind !== "pod" ? closed : isolating(ground);
  });
}

const directions = ["ingress", "egress"] as const;

interface Ground {
  readonly direction: "ingress" | "egress";
  /** The end that the policies of the direction select. */
  readonly subject: Endpoint;
  readonly other: Endpoint;
  readonly packet: Packet;
  readonly cluster: Cluster;
}

type Make = (what: string, edit: TextEdit | undefined) => readonly Candidate[];

function maker(policy: NetworkPolicy): Make {
  return (what, edit) => (edit ? [{ policy: keyOf(policy), what, source: policy.source, edit }] : []);
}

/** More ports, more peers, fewer exceptions, fewer labels asked for, one more rule. */
function opening(policy: NetworkPolicy, ground: Ground): readonly Candidate[] {
  const { direction, other, packet, cluster } = ground;
  const { source } = policy;
  const make = maker(policy);
  const spec = childAt(valueAt(source, policy.offset), "spec");
  const list = direction === "ingress" ? "from" : "to";
  const [peer, port] = [peerFor(other, policy, cluster), portFor(packet)];
  const found = policy[direction].flatMap((rule, index) => {
    const written = childAt(spec, direction, index);
    const field = `spec.${direction}[${index}]`;
    return [
      ...(port && rule.ports.length > 0
        ? make(`add a port to ${field}.ports`, addItem(source, written, "ports", port))
        : []),
      ...(rule.peers.length > 0 ? make(`add a peer to ${field}.${list}`, addItem(source, written, list, peer)) : []),
      ...rule.peers.flatMap((each, position) => {
        const at = childAt(written, list, position);
        const path = `${field}.${list}[${position}]`;
        if (each.kind === "ipBlock") {
          const holes = each.except.flatMap((cidr, hole) =>
            blockHolds({ cidr, except: [] }, other.address) && each.except.length > 1 ? [hole] : [],
          );
          const alone = each.except.length === 1 && blockHolds({ cidr: each.except[0]!, except: [] }, other.address);
          const block = childAt(at, "ipBlock");
          return [
            ...holes.flatMap((hole) =>
              make(`remove ${path}.ipBlock.except[${hole}]`, removeItem(source, childAt(block, "except"), hole)),
            ),
            ...(alone && block?.kind === "mapping"
              ? make(`remove ${path}.ipBlock.except`, removeEntry(source, block, "except"))
              : []),
          ];
        }
        return (["podSelector", "namespaceSelector"] as const).flatMap((name) => {
          const labels = childAt(at, name, "matchLabels");
          if (labels?.kind !== "mapping" || labels.entries.length < 2) return [];
          return labels.entries.flatMap(({ key }) =>
            make(`remove the label ${key} from ${path}.${name}.matchLabels`, removeEntry(source, labels, key)),
          );
        });
      }),
    ];
  });
  const rule: Written = { [list]: [peer], ...(port && { ports: [port] }) };
  return [...found, ...make(`add a rule to spec.${direction}`, addItem(source, spec, direction, rule))];
}

/** Fewer peers, ports or rules, or one more exception, of a rule that allows the packet. */
function closing(
  policy: NetworkPolicy,
  index: number,
  peer: number | undefined,
  port: number | undefined,
  { direction, other }: Ground,
): readonly Candidate[] {
  const { source } = policy;
  const make = maker(policy);
  const spec = childAt(valueAt(source, policy.offset), "spec");
  const list = direction === "ingress" ? "from" : "to";
  const rule = policy[direction][index]!;
  const written = childAt(spec, direction, index);
  const field = `spec.${direction}[${index}]`;
  const block = peer === undefined ? undefined : rule.peers[peer];
  return [
    ...(block?.kind === "ipBlock"
      ? make(
          `add an exception to ${field}.${list}[${peer}].ipBlock.except`,
          addItem(source, childAt(written, list, peer!, "ipBlock"), "except", `${other.address}/32`),
        )
      : []),
    ...(peer !== undefined && rule.peers.length > 1
      ? make(`remove ${field}.${list}[${peer}]`, removeItem(source, childAt(written, list), peer))
      : []),
    ...(port !== undefined && rule.ports.length > 1
      ? make(`remove ${field}.ports[${port}]`, removeItem(source, childAt(written, "ports"), port))
      : []),
    ...make(`remove ${field}`, removeItem(source, childAt(spec, direction), index)),
  ];
}

/** The direction among a policy's types, or a policy of its own. */
function isolating({ direction, subject, cluster }: Ground): readonly Candidate[] {
  if (subject.kind !== "pod") return [];
  const { pod } = subject;
  const type: PolicyType = direction === "ingress" ? "Ingress" : "Egress";
  const here = cluster.policiesIn(pod.namespace);
  const typed = here.flatMap((policy) => {
    if (policy.policyTypes.includes(type) || !selects(policy.podSelector, pod.labels)) return [];
    const spec = childAt(valueAt(policy.source, policy.offset), "spec");
    const edit = childAt(spec, "policyTypes") ? addItem(policy.source, spec, "policyTypes", type) : undefined;
    return maker(policy)(`add ${type} to spec.policyTypes`, edit);
  });
  const source = here.at(-1)?.source ?? pod.source;
  const names = new Set(here.map(({ name }) => name));
  const wanted = `deny-${direction}-${pod.name}`.slice(0, 60);
  let name = wanted;
  for (let number = 2; names.has(name); number += 1) name = `${wanted}-${number}`;
  const labels = labelsOf(pod.labels);
  const document: Written = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: pod.namespace },
    spec: { podSelector: Object.keys(labels).length === 0 ? {} : { matchLabels: labels }, policyTypes: [type] },
  };
  const policy = `${pod.namespace}/${name}`;
  return [...typed, { policy, what: `a new policy ${policy}`, source, edit: addDocument(source, document) }];
}

/** The narrowest peer that means an endpoint. */
function peerFor(other: Endpoint, policy: NetworkPolicy, cluster: Cluster): Written {
  if (other.kind !== "pod") return { ipBlock: { cidr: `${other.address}/32` } };
  const { namespace, labels } = other.pod;
  const pods = labelsOf(labels);
  const podSelector: Written = Object.keys(pods).length === 0 ? {} : { matchLabels: pods };
  if (namespace === policy.namespace) return { podSelector };
  const its = cluster.labelsOfNamespace(namespace);
  const name = its.get(nameLabel);
  const chosen = name === undefined ? labelsOf(its) : { [nameLabel]: name };
  return { namespaceSelector: Object.keys(chosen).length === 0 ? {} : { matchLabels: chosen }, podSelector };
}

const nameLabel = "kubernetes.io/metadata.name";

/** Without those that a workload gives each of its versions anew. */
function labelsOf(labels: Labels): { readonly [key: string]: string } {
  return Object.fromEntries([...labels].filter(([key]) => !key.endsWith("pod-template-hash")));
}

function portFor({ protocol, port }: Packet): Written | undefined {
  return protocol === "other" ? undefined : { protocol: protocol.toUpperCase(), port };
}
