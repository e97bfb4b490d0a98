import type { LabelSelector, Peer, PolicyRule } from "../../../../model/objects.js";
import type { StoredPolicy } from "./voice.js";

/** A policy as the API library of Kubernetes 1.14 prints it, whole; what anpm does not keep of metadata is empty. */
export function goPolicy(policy: StoredPolicy): string {
  const { podSelector, ingress, egress, policyTypes } = policy;
  const spec = [
    `PodSelector:${apiMachinery}.${selectorText(podSelector)}`,
    `Ingress:${rulesText(ingress)}`,
    `Egress:${rulesText(egress)}`,
    `PolicyTypes:[${policyTypes.join(" ")}]`,
  ];
  return `&NetworkPolicy{ObjectMeta:${metadataText(policy)},Spec:NetworkPolicySpec{${spec.join(",")},},}`;
}

const apiMachinery = "k8s_io_apimachinery_pkg_apis_meta_v1";

function metadataText({ name, namespace, uid, resourceVersion = 0 }: StoredPolicy): string {
  const fields = [
    `Name:${name}`,
    "GenerateName:",
    `Namespace:${namespace}`,
    "SelfLink:",
    `UID:${uid}`,
    `ResourceVersion:${resourceVersion}`,
    "Generation:0",
    "CreationTimestamp:0001-01-01 00:00:00 +0000 UTC",
    "DeletionTimestamp:<nil>",
    "DeletionGracePeriodSeconds:nil",
    "Labels:map[string]string{}",
    "Annotations:map[string]string{}",
    "OwnerReferences:[]",
    "Finalizers:[]",
    "ClusterName:",
    "Initializers:nil",
  ];
  return `${apiMachinery}.ObjectMeta{${fields.join(",")},}`;
}

function rulesText(rules: readonly PolicyRule[]): string {
  const texts = rules.map(({ ports, peers }) => {
    const portTexts = ports.map(({ port }) => `{${protocolAddress} ${port ?? "<nil>"}}`);
    return `{[${portTexts.join(" ")}] [${peers.map(peerText).join(" ")}]}`;
  });
  // The library takes the first "&" away.
  return `[${texts.join(" ")}]`.replace("&", "");
}

/** Of a protocol in memory, another one in each process. */
const protocolAddress = "0xc000a01230";

function peerText(peer: Peer): string {
  if (peer.kind === "ipBlock") return `{nil nil &IPBlock{CIDR:${peer.cidr},Except:[${peer.except.join(" ")}],}}`;
  return `{${optional(peer.podSelector)} ${optional(peer.namespaceSelector)} nil}`;
}

function optional(selector: LabelSelector | undefined): string {
  return selector ? `&${selectorText(selector)}` : "nil";
}

function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = [...matchLabels].map(([key, value]) => `${key}: ${value},`);
  const expressions = matchExpressions.map(({ key, operator, values }) => `{${key} ${operator} [${values.join(" ")}]}`);
  return `LabelSelector{MatchLabels:map[string]string{${labels.join("")}},MatchExpressions:[${expressions.join(" ")}],}`;
}
