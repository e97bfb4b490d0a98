import type { Entry, Value } from "../manifest/value.js";
import { askedFor, notedAddresses } from "./admit-annotations.js";
import type { Metadata } from "./admit-metadata.js";
import { readPodSpec } from "./admit-pod-spec.js";
import type { Checker } from "./checker.js";
import { isAddress } from "./cidr.js";
import { decodeFields, decodeList, decodeString, reportUnknownField } from "./decode.js";
import type { AdmittedPod } from "./expand-workloads.js";
import type { Namespace, Pod } from "./objects.js";
import type { ServiceAccount } from "./resources.js";

/** Reads and checks a Pod: its ports, where it runs, its address. */
export function readPod(fields: readonly Entry[], offset: number, metadata: Metadata, checker: Checker): AdmittedPod {
  let specValue: Value | undefined;
  let status: Status = { phase: "", ip: "", ips: [] };
  for (const entry of fields) {
    switch (entry.key) {
      case "apiVersion":
      case "kind":
      case "metadata":
        break;
      case "spec":
        specValue = entry.value;
        break;
      case "status":
        status = readStatus(entry.value, checker);
        break;
      default:
        reportUnknownField(entry, topFields, checker);
    }
  }
  const spec = readPodSpec(specValue, offset, false, checker);
  const pod: AdmittedPod = {
    kind: "Pod",
    namespace: metadata.namespace,
    name: metadata.name,
    labels: metadata.labels,
    phase: status.phase,
    ip: status.ip,
    hostNetwork: spec.hostNetwork,
    nodeName: spec.nodeName,
    ports: spec.ports,
    uid: metadata.uid,
    offset,
    source: checker.source,
  };
  const { controller, deletionGracePeriodSeconds } = metadata;
  const { serviceAccount, initPorts } = spec;
  const addresses = otherAddresses(status, metadata);
  const annotations = askedFor(metadata.annotations);
  if (
    !controller &&
    deletionGracePeriodSeconds === undefined &&
    serviceAccount === undefined &&
    !initPorts &&
    !addresses &&
    !annotations
  )
    return pod;
  return {
    ...pod,
    ...(addresses && { addresses }),
    ...(annotations && { annotations }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(initPorts && { initPorts }),
    ...(controller && { controller: `${controller.kind}/${controller.name}` }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  };
}

/** Addresses that `ip` does not tell of. */
function otherAddresses({ ip, ips }: Status, { annotations }: Metadata): readonly string[] | undefined {
  if (ip !== "") return ips.length > 1 ? ips : undefined;
  const noted = notedAddresses(annotations)
    .map((text) => text.trim().replace(/\/(32|128)$/, ""))
    .filter(isAddress);
  return noted.length > 0 ? noted : undefined;
}

/** Reads a ServiceAccount; its secrets mean nothing here. */
export function readServiceAccount(
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): ServiceAccount {
  const known = ["apiVersion", "kind", "metadata", "secrets", "imagePullSecrets", "automountServiceAccountToken"];
  for (const entry of fields) if (!known.includes(entry.key)) reportUnknownField(entry, known, checker);
  const { namespace, name, labels } = metadata;
  return { kind: "ServiceAccount", namespace, name, labels, offset, source: checker.source };
}

/** Reads a Namespace; its spec and status mean nothing here, and are looked at for unknown fields only. */
export function readNamespace(
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): Namespace {
  for (const entry of fields) {
    if (entry.key === "spec") checkFields(entry.value, "spec", ["finalizers"], checker);
    else if (entry.key === "status") checkFields(entry.value, "status", ["phase", "conditions"], checker);
    else if (!topFields.includes(entry.key)) reportUnknownField(entry, topFields, checker);
  }
  return {
    kind: "Namespace",
    name: metadata.name,
    labels: metadata.labels,
    implied: false,
    offset,
    source: checker.source,
  };
}

const topFields = ["apiVersion", "kind", "metadata", "spec", "status"];
const nothing: readonly never[] = [];

function checkFields(value: Value, name: string, known: readonly string[], checker: Checker): void {
  const entries = decodeFields(value, checker, name);
  checker.enter(name);
  for (const entry of entries ?? nothing) if (!known.includes(entry.key)) reportUnknownField(entry, known, checker);
  checker.leave();
}

interface Status {
  phase: Pod["phase"];
  ip: string;
  /** Its first one is `ip`. */
  ips: readonly string[];
}

function readStatus(value: Value, checker: Checker): Status {
  const status: Status = { phase: "", ip: "", ips: [] };
  const entries = decodeFields(value, checker, "status");
  checker.enter("status");
  for (const entry of entries ?? nothing) {
    switch (entry.key) {
      case "phase": {
        const phase = decodeString(entry.value, checker, "phase") ?? "";
        if (isPhase(phase)) status.phase = phase;
        else checker.report("phase-unknown", { phase }, entry.value.offset, "phase");
        break;
      }
      case "podIP":
        status.ip = decodeString(entry.value, checker, "podIP") ?? "";
        if (status.ip !== "" && !isAddress(status.ip))
          checker.report("pod-ip-invalid", { text: status.ip }, entry.value.offset, "podIP");
        break;
      case "podIPs":
        status.ips = readPodIps(entry.value, checker);
        break;
      default:
        if (!statusFields.includes(entry.key)) reportUnknownField(entry, statusFields, checker);
    }
  }
  checker.leave();
  // The server makes one of the two of the other; where they differ, podIP counts.
  if (status.ip === "") status.ip = status.ips[0] ?? "";
  else if (status.ips[0] !== status.ip) status.ips = [];
  return status;
}

function readPodIps(value: Value, checker: Checker): readonly string[] {
  const items = decodeList(value, checker, "podIPs") ?? nothing;
  checker.enter("podIPs");
  const ips = items.flatMap((item, index) => {
    const entries = decodeFields(item, checker, index) ?? nothing;
    checker.enter(index);
    const found = entries.flatMap((entry): string[] => {
      if (entry.key !== "ip") reportUnknownField(entry, ["ip"], checker);
      const text = entry.key === "ip" ? (decodeString(entry.value, checker, "ip") ?? "") : "";
      if (text === "" || isAddress(text)) return text === "" ? [] : [text];
      checker.report("pod-ip-invalid", { text }, entry.value.offset, "ip");
      return [];
    });
    checker.leave();
    return found;
  });
  checker.leave();
  return ips;
}

const statusFields =
  `phase podIP podIPs hostIP hostIPs conditions message reason nominatedNodeName startTime qosClass observedGeneration
  initContainerStatuses containerStatuses ephemeralContainerStatuses resize resourceClaimStatuses extendedResourceClaimStatus`.split(
    /\s+/,
  );

function isPhase(text: string): text is Pod["phase"] {
  switch (text) {
    case "":
    case "Pending":
    case "Running":
    case "Succeeded":
    case "Failed":
    case "Unknown":
      return true;
    default:
      return false;
  }
}
