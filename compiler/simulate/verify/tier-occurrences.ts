import type { DeviationCode } from "../../engines/calico/deviations.js";
import type { Specification } from "../../engines/specification.js";
import type { CalicoEntity, CalicoPolicy, CalicoRule, HostEndpoint } from "../../model/calico/objects.js";
import { selectorOf } from "../../model/calico/parse-selector.js";
import { keyOf, type KubernetesObject, type NetworkPolicy, type PlacedObject, type Pod } from "../../model/objects.js";
import { resourceKey, type Resource } from "../../model/resources.js";
import { versionOfText } from "../ip.js";
import { comparePolicies, compareStored } from "../tiers/order.js";
import { skippedBlocks } from "../tiers/third-block.js";
import type { SpecPolicy } from "../tiers/spec-policy.js";
import type { TieredCluster } from "../tiers/tiered-cluster.js";
import type { Occurrence } from "./alterations.js";
import type { IpVersion } from "../../text/ip-version.js";

/** Every place where a deviation from the documentation of tiers may show, in the order of the objects. */
export function tierOccurrences(
  objects: readonly KubernetesObject[],
  { resources, unknown, refusedPods, failsafe }: Specification,
  cluster: TieredCluster,
  codes: ReadonlySet<string>,
  version: IpVersion,
): readonly Occurrence[] {
  const finder = new Finder(codes, version);
  const refused = new Set(refusedPods);
  for (const object of objects) {
    if (object.kind === "Pod") {
      finder.pod(object);
      if (refused.has(keyOf(object))) finder.add("calico-refuses-pod", object, nameOf(object), "metadata.annotations");
    }
    if (object.kind === "NetworkPolicy") finder.kubernetesPolicy(object);
  }
  for (const resource of resources) {
    if (unknown.includes(resource)) finder.add("calico-unknown-feature", resource, nameOf(resource), "metadata");
    if (resource.kind === "HostEndpoint" && resource.interfaceName === "*")
      finder.add("calico-wildcard-before-translation", resource, nameOf(resource), "spec.interfaceName");
    if (resource.kind === "HostEndpoint") finder.failsafe(resource, failsafe);
    if (resource.kind === "GlobalNetworkPolicy" || resource.kind === "CalicoNetworkPolicy") finder.policy(resource);
    else if (resource.kind === "Profile") finder.rules(resource, resource);
  }
  for (const { policies } of cluster.tiers) {
    for (const policy of policies) if (policies.some((other) => isOtherTie(policy, other))) finder.tie(policy);
  }
  return finder.found;
}

/** An object with the name that findings give it. */
interface Named extends PlacedObject {
  readonly key: string;
  readonly isPolicy: boolean;
}

function nameOf(object: Resource | KubernetesObject): Named {
  const isPolicy = object.kind.endsWith("NetworkPolicy");
  const key =
    object.kind === "Namespace" || object.kind === "Pod" || object.kind === "NetworkPolicy"
      ? keyOf(object)
      : resourceKey(object);
  return { key, isPolicy, source: object.source, offset: object.offset };
}

function isOtherTie(a: SpecPolicy, b: SpecPolicy): boolean {
  return a !== b && a.order === b.order && comparePolicies(a, b) < 0 !== compareStored(a, b) < 0;
}

class Finder {
  readonly found: Occurrence[] = [];

  constructor(
    private readonly codes: ReadonlySet<string>,
    private readonly version: IpVersion,
  ) {}

  add(code: DeviationCode, at: object, object: Named, field: string, offset = object.offset): void {
    if (!this.codes.has(code)) return;
    const location = { source: object.source, offset };
    this.found.push({
      code,
      at,
      object: object.key,
      field,
      location,
      ...(object.isPolicy && { policy: true as const }),
    });
  }

  /** At the host endpoints whose failsafe ports they are. */
  failsafe(hostEndpoint: HostEndpoint, { inbound, outbound }: Specification["failsafe"]): void {
    const blocks = [...inbound, ...outbound].flatMap(({ net }) => net ?? []);
    const add = (code: DeviationCode): void => this.add(code, hostEndpoint, nameOf(hostEndpoint), "spec");
    if (blocks.length > 0) add("calico-failsafe-blocks");
    if (blocks.some((net) => versionOfText(net) !== this.version)) add("calico-failsafe-other-version");
    if (inbound.some(({ net }) => net !== undefined)) add("calico-failsafe-answers");
  }

  pod(pod: Pod): void {
    const isOver = pod.phase === "Succeeded" || pod.phase === "Failed";
    if (isOver && pod.ip !== "") this.add("calico-keeps-finished-pods", pod, nameOf(pod), "status.phase");
    if (pod.initPorts?.some(({ name }) => name !== ""))
      this.add("calico-names-init-ports", pod, nameOf(pod), "spec.initContainers");
  }

  kubernetesPolicy(policy: NetworkPolicy): void {
    const named = nameOf(policy);
    for (const direction of ["ingress", "egress"] as const) {
      policy[direction].forEach((rule, index) => {
        const field = `spec.${direction}[${index}]`;
        rule.ports.forEach((port, position) => {
          const at = `${field}.ports[${position}]`;
          if (port.protocol === "SCTP" && port.port !== undefined)
            this.add("calico-refuses-sctp", policy, named, at, port.offset);
          if (port.endPort !== undefined) this.add("calico-ignores-end-port", port, named, at, port.offset);
        });
        if (direction === "egress" && rule.ports.some(({ port }) => typeof port === "string")) {
          rule.peers.forEach((peer, position) => {
            if (peer.kind === "pods")
              this.add("calico-ports-of-selected", peer, named, `${field}.to[${position}]`, peer.offset);
          });
        }
      });
    }
  }

  policy(policy: CalicoPolicy): void {
    const named = nameOf(policy);
    const { namespaceSelector, serviceAccountSelector } = policy;
    if (isNegatable(namespaceSelector) || isNegatable(serviceAccountSelector)) {
      this.add("calico-negation-reaches-global", policy, named, "spec.namespaceSelector");
    }
    if (namesNamespaces([namespaceSelector, serviceAccountSelector]))
      this.add("calico-names-no-namespaces", policy, named, "spec.namespaceSelector");
    this.rules(policy, policy);
  }

  rules(
    object: Resource,
    {
      ingress,
      egress,
      namespace,
    }: { readonly ingress: readonly CalicoRule[]; readonly egress: readonly CalicoRule[]; readonly namespace: string },
  ): void {
    const named = nameOf(object);
    const all = [
      ...ingress.map((rule, index) => ({ rule, field: `spec.ingress[${index}]` })),
      ...egress.map((rule, index) => ({ rule, field: `spec.egress[${index}]` })),
    ];
    for (const { rule, field } of all) {
      if (Object.keys(skippedBlocks(rule)).length > 0) this.add("calico-third-block", rule, named, field, rule.offset);
      for (const side of ["source", "destination"] as const) {
        this.end(rule[side], named, `${field}.${side}`, rule.offset, namespace !== "");
      }
    }
  }

  end(entity: CalicoEntity, object: Named, field: string, offset: number, isLocal: boolean): void {
    const { notNets, selector, notSelector, namespaceSelector, serviceAccounts, services, ports, notPorts } = entity;
    const add = (code: DeviationCode, where: string): void =>
      this.add(code, entity, object, `${field}.${where}`, offset);
    if (notNets.length > 0 && notNets.every((net) => versionOfText(net) !== this.version))
      add("calico-ipv6-exceptions", "notNets");
    if (isNegatable(namespaceSelector)) add("calico-negation-reaches-global", "namespaceSelector");
    else if (isNegatable(serviceAccounts?.selector ?? "")) add("calico-negation-reaches-global", "serviceAccounts");
    if (namesNamespaces([selector, notSelector, namespaceSelector, serviceAccounts?.selector ?? ""]))
      add("calico-names-no-namespaces", "namespaceSelector");
    const isSelective = selector !== "" || namespaceSelector !== "" || serviceAccounts !== undefined;
    if (notSelector !== "" && (isSelective || isLocal)) add("calico-selectors-of-one", "notSelector");
    const hasNames = [...ports, ...notPorts].some((port) => "name" in port);
    if (hasNames && (isSelective || (isLocal && notSelector !== ""))) add("calico-ports-of-selected", "ports");
    if (services?.namespace === "") add("calico-service-without-namespace", "services");
  }

  tie({ object, selectorLocation: location }: SpecPolicy): void {
    if (!this.codes.has("calico-breaks-ties")) return;
    this.found.push({ code: "calico-breaks-ties", at: location, object, field: "spec.order", location, policy: true });
  }
}

/** Whether a selector of namespaces or accounts may hold for what has none. */
function isNegatable(text: string): boolean {
  if (text === "") return false;
  const { kind } = selectorOf(text);
  return kind !== "all" && kind !== "global";
}

function namesNamespaces(texts: readonly string[]): boolean {
  return texts.some((text) => text.includes("projectcalico.org/name"));
}
