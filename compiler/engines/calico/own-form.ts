import type { CalicoEntity, CalicoPolicy, CalicoPort, CalicoRule } from "../../model/calico/objects.js";
import type { NetworkPolicy } from "../../model/objects.js";
import type { OwnForm } from "../engine.js";
import { asCalicoPolicy } from "./cluster/convert-network-policy.js";
import { conversionWarnings, isRefused } from "./conversion-warnings.js";
import type { Generation } from "./generation.js";
import { selectGeneration } from "./generations.js";

/**
 * Policies of Kubernetes as calicoctl shows them, fields in the order of its JSON. Source: Calico 87c15906f and v3.31,
 * calicoctl/test-data/convert; api/pkg/apis/projectcalico/v3.
 */
export function ownForm(policies: readonly NetworkPolicy[], version: string): OwnForm {
  const selected = selectGeneration(version);
  if ("problem" in selected) return { objects: [], diagnostics: [selected.problem] };
  const { generation } = selected;
  return {
    objects: policies.filter((policy) => !isRefused(policy, generation)).map((policy) => shown(policy, generation)),
    diagnostics: policies.flatMap((policy) => conversionWarnings(policy, generation)),
  };
}

function shown(written: NetworkPolicy, generation: Generation): object {
  const policy = asCalicoPolicy(written, generation);
  // Since v3.32 policies are told apart by their kinds, before by the names that they are stored under.
  const name = generation.policyId === "kind" ? policy.name : `knp.default.${policy.name}`;
  return {
    kind: "NetworkPolicy",
    apiVersion: "projectcalico.org/v3",
    metadata: { name, namespace: policy.namespace, creationTimestamp: null },
    spec: {
      ...(generation.knows.tiers && { tier: policy.tier }),
      order: policy.order,
      ...filled("ingress", policy.ingress.map(ruleForm)),
      ...filled("egress", policy.egress.map(ruleForm)),
      selector: policy.selector,
      types: typesOf(policy),
    },
  };
}

function typesOf({ ingressType, egressType }: CalicoPolicy): readonly string[] {
  return [...(ingressType ? ["Ingress"] : []), ...(egressType ? ["Egress"] : [])];
}

function ruleForm({ action, protocol, source, destination }: CalicoRule): object {
  return {
    action,
    ...(protocol !== undefined && { protocol }),
    source: entityForm(source),
    destination: entityForm(destination),
  };
}

function entityForm({ nets, selector, namespaceSelector, ports, notNets }: CalicoEntity): object {
  return {
    ...filled("nets", nets),
    ...(selector !== "" && { selector }),
    ...(namespaceSelector !== "" && { namespaceSelector }),
    ...filled("ports", ports.map(portForm)),
    ...filled("notNets", notNets),
  };
}

function portForm(port: CalicoPort): string | number {
  if ("name" in port) return port.name;
  return port.first === port.last ? port.first : `${port.first}:${port.last}`;
}

/** Nothing for a list of nothing. */
function filled(key: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [key]: list };
}
