import type { ContainerPort, KubernetesObject, LabelSelector, Peer, PolicyRule } from "../compiler/model/objects.js";

/** Objects as a List in JSON, which is YAML too, that reads back as the same objects. */
export function manifestsOf(objects: readonly KubernetesObject[]): string {
  const items = objects.filter((object) => object.kind !== "Namespace" || !object.implied).map(manifestOf);
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, null, 1)}\n`;
}

function manifestOf(object: KubernetesObject): object {
  switch (object.kind) {
    case "Namespace":
      return { apiVersion: "v1", kind: "Namespace", metadata: { name: object.name, labels: mapping(object.labels) } };
    case "Pod": {
      const { namespace, name, labels, hostNetwork, ports, phase, ip } = object;
      return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { namespace, name, labels: mapping(labels) },
        spec: {
          ...(hostNetwork && { hostNetwork }),
          // One a port: within a container no two ports may have one name.
          containers: (ports.length > 0 ? ports : [undefined]).map((port, index) => ({
            name: `c${index}`,
            image: "app",
            ...(port && { ports: [containerPortOf(port)] }),
          })),
        },
        status: { ...(phase !== "" && { phase }), ...(ip !== "" && { podIP: ip }) },
      };
    }
    case "NetworkPolicy": {
      const { namespace, name, podSelector, policyTypes, ingress, egress } = object;
      return {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { namespace, name },
        spec: {
          podSelector: selectorOf(podSelector),
          policyTypes,
          ingress: ingress.map((rule) => ruleOf(rule, "from")),
          egress: egress.map((rule) => ruleOf(rule, "to")),
        },
      };
    }
  }
}

function containerPortOf({ name, ...port }: ContainerPort): object {
  return { ...(name !== "" && { name }), ...port };
}

function ruleOf({ peers, ports }: PolicyRule, peersField: "from" | "to"): object {
  return {
    ...(peers.length > 0 && { [peersField]: peers.map(peerOf) }),
    ...(ports.length > 0 && { ports: ports.map(({ offset: _, ...port }) => port) }),
  };
}

function peerOf(peer: Peer): object {
  if (peer.kind === "ipBlock") return { ipBlock: { cidr: peer.cidr, except: peer.except } };
  const { podSelector, namespaceSelector } = peer;
  return {
    ...(podSelector && { podSelector: selectorOf(podSelector) }),
    ...(namespaceSelector && { namespaceSelector: selectorOf(namespaceSelector) }),
  };
}

function selectorOf({ matchLabels, matchExpressions }: LabelSelector): object {
  return {
    ...(matchLabels.size > 0 && { matchLabels: mapping(matchLabels) }),
    ...(matchExpressions.length > 0 && { matchExpressions: matchExpressions.map(requirementOf) }),
  };
}

function requirementOf({ key, operator, values }: LabelSelector["matchExpressions"][number]): object {
  return { key, operator, ...(values.length > 0 && { values }) };
}

function mapping(labels: ReadonlyMap<string, string>): object {
  return Object.fromEntries(labels);
}
