import type { Entry, Value } from "../manifest/value.js";
import type { Metadata } from "./admit-metadata.js";
import { readPeer } from "./admit-peer.js";
import { readPolicyPort } from "./admit-policy-port.js";
import { readSelector } from "./admit-selector.js";
import type { Checker } from "./checker.js";
import { decodeFields, decodeList, decodeString, reportUnknownField } from "./decode.js";
import type { LabelSelector, NetworkPolicy, PolicyRule, PolicyType } from "./objects.js";

/** Reads, checks and defaults a NetworkPolicy. Rules: Kubernetes 1.34, pkg/apis/networking/validation. */
export function readNetworkPolicy(
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): NetworkPolicy {
  let spec: Spec = { podSelector: emptySelector(offset), policyTypes: [], ingress: noRules, egress: noRules };
  for (const entry of fields) {
    switch (entry.key) {
      case "apiVersion":
      case "kind":
      case "metadata":
        break;
      case "spec":
        spec = readSpec(entry.value, checker);
        break;
      default:
        reportUnknownField(entry, ["apiVersion", "kind", "metadata", "spec"], checker);
    }
  }
  return {
    kind: "NetworkPolicy",
    namespace: metadata.namespace,
    name: metadata.name,
    podSelector: spec.podSelector,
    policyTypes:
      spec.policyTypes.length > 0 ? spec.policyTypes : spec.egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"],
    ingress: spec.ingress,
    egress: spec.egress,
    uid: metadata.uid,
    offset,
    source: checker.source,
  };
}

interface Spec {
  podSelector: LabelSelector;
  policyTypes: readonly PolicyType[];
  ingress: readonly PolicyRule[];
  egress: readonly PolicyRule[];
}

const noRules: readonly PolicyRule[] = [];
const nothing: readonly never[] = [];

function emptySelector(offset: number): LabelSelector {
  return { matchLabels: new Map(), matchExpressions: [], offset };
}

function readSpec(value: Value, checker: Checker): Spec {
  const spec: Spec = { podSelector: emptySelector(value.offset), policyTypes: [], ingress: noRules, egress: noRules };
  const entries = decodeFields(value, checker, "spec");
  checker.enter("spec");
  for (const entry of entries ?? nothing) {
    switch (entry.key) {
      case "podSelector":
        spec.podSelector = readSelector(entry.value, checker, "podSelector");
        break;
      case "ingress":
        spec.ingress = readRules(entry.value, "ingress", "from", checker);
        break;
      case "egress":
        spec.egress = readRules(entry.value, "egress", "to", checker);
        break;
      case "policyTypes":
        spec.policyTypes = readPolicyTypes(entry.value, checker);
        break;
      default:
        reportUnknownField(entry, ["podSelector", "policyTypes", "ingress", "egress"], checker);
    }
  }
  checker.leave();
  return spec;
}

function readRules(value: Value, name: string, peersName: "from" | "to", checker: Checker): readonly PolicyRule[] {
  const items = decodeList(value, checker, name);
  if (!items || items.length === 0) return noRules;
  checker.enter(name);
  const rules = items.map((item, index) => readRule(item, index, peersName, checker));
  checker.leave();
  return rules;
}

function readRule(item: Value, index: number, peersName: "from" | "to", checker: Checker): PolicyRule {
  let peers: PolicyRule["peers"] = nothing;
  let ports: PolicyRule["ports"] = nothing;
  const entries = decodeFields(item, checker, index);
  checker.enter(index);
  for (const entry of entries ?? nothing) {
    if (entry.key === "ports") ports = readItems(entry.value, "ports", readPolicyPort, checker);
    else if (entry.key === peersName) peers = readItems(entry.value, peersName, readPeer, checker);
    else reportUnknownField(entry, [peersName, "ports"], checker);
  }
  checker.leave();
  return { peers, ports, offset: item.offset };
}

function readItems<T>(
  value: Value,
  name: string,
  readItem: (item: Value, index: number, checker: Checker) => T,
  checker: Checker,
): readonly T[] {
  const items = decodeList(value, checker, name);
  if (!items || items.length === 0) return nothing;
  checker.enter(name);
  const read = items.map((item, index) => readItem(item, index, checker));
  checker.leave();
  return read;
}

function readPolicyTypes(value: Value, checker: Checker): readonly PolicyType[] {
  const items = decodeList(value, checker, "policyTypes") ?? nothing;
  const tooMany = items.length > 2;
  if (tooMany) checker.report("policy-types-too-many", { count: items.length }, value.offset, "policyTypes");
  checker.enter("policyTypes");
  const types = items.map((item, index) => {
    const type = decodeString(item, checker, index);
    // With more than two the server does not look at the single ones.
    if (type !== undefined && type !== "Ingress" && type !== "Egress" && !tooMany)
      checker.report("policy-type-unknown", { type }, item.offset, index);
    return type as PolicyType;
  });
  checker.leave();
  return types;
}
