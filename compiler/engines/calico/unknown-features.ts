import type { CalicoEntity, CalicoPolicy } from "../../model/calico/objects.js";
import type { Resource } from "../../model/resources.js";
import type { Generation } from "./generation.js";

/** What an object says that its generation does not know, and what becomes of it. */
export interface UnknownFeature {
  readonly what: string;
  readonly effect: string;
  /** The object is as good as not there. */
  readonly dropped: boolean;
}

const notThere = "the object is not there";
const ignored = "it is passed over";

export function unknownFeature(resource: Resource, { knows }: Generation): UnknownFeature | undefined {
  const dropped = (what: string): UnknownFeature => ({ what, effect: notThere, dropped: true });
  switch (resource.kind) {
    case "NetworkSet":
      return knows.networkSets ? undefined : dropped("NetworkSet");
    case "Tier":
      return knows.tiers ? undefined : dropped("tiers");
    case "HostEndpoint":
      return resource.interfaceName === "*" && !knows.wildcardHostEndpoints ? dropped("interfaceName *") : undefined;
    case "StagedGlobalNetworkPolicy":
    case "StagedNetworkPolicy":
      return knows.staged ? ofPolicy(resource, { knows }) : dropped("staged policies");
    case "StagedKubernetesNetworkPolicy":
      return knows.staged ? undefined : dropped("staged policies");
    case "GlobalNetworkPolicy":
    case "CalicoNetworkPolicy":
      return ofPolicy(resource, { knows });
    default:
      return undefined;
  }
}

function ofPolicy(policy: CalicoPolicy, { knows }: Pick<Generation, "knows">): UnknownFeature | undefined {
  const dropped = (what: string): UnknownFeature => ({ what, effect: notThere, dropped: true });
  const rules = [...policy.ingress, ...policy.egress];
  const entities = rules.flatMap(({ source, destination }) => [source, destination]);
  const selectors = [
    policy.selector,
    policy.namespaceSelector,
    policy.serviceAccountSelector,
    ...entities.flatMap(selectorsOf),
  ].join(" ");
  const sctp = rules.some(
    ({ protocol, source, destination }) =>
      (protocol === "SCTP" || protocol === 132) &&
      [source, destination].some(({ ports, notPorts }) => ports.length + notPorts.length > 0),
  );
  if (!knows.sctpPorts && sctp) return dropped("ports of SCTP");
  if (!knows.tiers && policy.tier !== "default") return dropped("tiers");
  if (!knows.policySelectors && policy.namespaceSelector !== "") return dropped("namespaceSelector of a policy");
  if (!knows.policySelectors && policy.serviceAccountSelector !== "") return dropped("serviceAccountSelector");
  if (!knows.services && entities.some(({ services }) => services)) return dropped("services in rules");
  if (!knows.textOperators && /\b(contains|starts\s*with|ends\s*with)\s*["']/.test(selectors)) {
    return dropped("contains, starts with and ends with");
  }
  if (!knows.globalSelector && /\bglobal\(/.test(selectors)) return dropped("global()");
  if (!knows.annotations && rules.some(({ annotations }) => annotations.size > 0)) {
    return { what: "metadata of rules", effect: ignored, dropped: false };
  }
  if (!knows.performanceHints && policy.everywhere)
    return { what: "performanceHints", effect: ignored, dropped: false };
  return undefined;
}

function selectorsOf({ selector, notSelector, namespaceSelector, serviceAccounts }: CalicoEntity): readonly string[] {
  return [selector, notSelector, namespaceSelector, serviceAccounts?.selector ?? ""];
}
