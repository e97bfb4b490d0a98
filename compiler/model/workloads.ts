import type { Entry, Value } from "../manifest/value.js";
import { askedFor } from "./admit-annotations.js";
import { readTemplateMetadata, type Metadata } from "./admit-metadata.js";
import { readPodSpec, type PodSpec } from "./admit-pod-spec.js";
import type { Checker } from "./checker.js";
import { decodeBoolean, decodeFields, decodeInteger, isNull, reportUnknownField } from "./decode.js";
import type { WorkloadKind } from "./kinds.js";
import type { Annotations, Labels, Pod } from "./objects.js";
import type { Source } from "../text/source.js";

/** An object that makes pods, checked: a template, and how many. */
export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** What annotations of the template ask for. */
  readonly annotations?: Annotations;
  readonly spec: PodSpec;
  /** Pods wanted; of a DaemonSet one per node, whatever this says. */
  readonly count: number;
  /** Number of the first pod: 1, of a StatefulSet its first ordinal. */
  readonly first: number;
  /** `kind/name` of the workload that made this one. */
  readonly controller: string | undefined;
  readonly offset: number;
  readonly source: Source;
}

/** Pods that one workload is given at most. */
const maxReplicas = 10_000;

/** Reads a workload: metadata and template as of pods, and the fields that say how many. The others are not looked at. */
export function readWorkload(
  kind: WorkloadKind,
  fields: readonly Entry[],
  offset: number,
  metadata: Metadata,
  checker: Checker,
): Workload {
  const found: Found = {
    count: 1,
    first: kind === "StatefulSet" ? 0 : 1,
    suspended: false,
    labels: new Map(),
    annotations: undefined,
    spec: noPodSpec,
  };
  for (const entry of fields) {
    switch (entry.key) {
      case "apiVersion":
      case "kind":
      case "metadata":
      case "status":
        break;
      case "spec":
        readSpec(kind, entry.value, found, checker);
        break;
      default:
        reportUnknownField(entry, ["apiVersion", "kind", "metadata", "spec", "status"], checker);
    }
  }
  if (!fields.some((entry) => entry.key === "spec")) reportNoTemplate(kind, offset, checker, "spec", "template");
  const count = found.suspended ? 0 : found.count;
  if (count > maxReplicas) checker.report("replicas-capped", { wanted: count, made: maxReplicas }, offset);
  return {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    labels: found.labels,
    ...(found.annotations && { annotations: found.annotations }),
    spec: found.spec,
    count: Math.min(count, maxReplicas),
    first: found.first,
    controller: metadata.controller && `${metadata.controller.kind}/${metadata.controller.name}`,
    offset,
    source: checker.source,
  };
}

/** The pods of a workload: `web-1`, `web-2` …, of a StatefulSet from `web-0`; of a DaemonSet one on each of the nodes. */
export function podsOf(workload: Workload, nodes: readonly string[]): readonly Pod[] {
  if (workload.kind === "DaemonSet" && nodes.length > 0) {
    return nodes.map((node) => podOf(workload, `${workload.name}-${node}`, workload.spec.nodeName || node));
  }
  const pods: Pod[] = [];
  for (let i = 0; i < workload.count; i++)
    pods.push(podOf(workload, `${workload.name}-${workload.first + i}`, workload.spec.nodeName));
  return pods;
}

const noPodSpec: PodSpec = { hostNetwork: false, nodeName: "", ports: [] };

interface Found {
  count: number;
  first: number;
  suspended: boolean;
  labels: Labels;
  annotations: Annotations | undefined;
  spec: PodSpec;
}

function podOf(workload: Workload, name: string, nodeName: string): Pod {
  return {
    kind: "Pod",
    namespace: workload.namespace,
    name,
    labels: workload.labels,
    phase: "",
    ip: "",
    hostNetwork: workload.spec.hostNetwork,
    nodeName,
    ports: workload.spec.ports,
    ...(workload.spec.serviceAccount !== undefined && { serviceAccount: workload.spec.serviceAccount }),
    ...(workload.annotations && { annotations: workload.annotations }),
    ...(workload.spec.initPorts && { initPorts: workload.spec.initPorts }),
    uid: "",
    workload: `${workload.kind}/${workload.name}`,
    offset: workload.offset,
    source: workload.source,
  };
}

const nothing: readonly never[] = [];

function readSpec(kind: WorkloadKind, value: Value, found: Found, checker: Checker): void {
  const entries = decodeFields(value, checker, "spec");
  checker.enter("spec");
  let template = false;
  for (const { key, value: field } of entries ?? nothing) {
    switch (key) {
      case "replicas":
      case "parallelism":
        if (key === (kind === "Job" ? "parallelism" : "replicas") && kind !== "DaemonSet")
          readCount(field, key, found, checker);
        break;
      case "suspend":
        found.suspended ||= decodeBoolean(field, checker, "suspend") ?? false;
        break;
      case "ordinals":
        if (kind === "StatefulSet") readOrdinals(field, found, checker);
        break;
      case "template":
        template = !isNull(field);
        if (kind !== "CronJob" && template) readTemplate(field, found, checker);
        break;
      case "jobTemplate":
        template = !isNull(field);
        if (kind === "CronJob" && template) readJobTemplate(field, found, checker);
        break;
    }
  }
  if (entries && !template)
    reportNoTemplate(kind, value.offset, checker, kind === "CronJob" ? "jobTemplate" : "template");
  checker.leave();
}

function reportNoTemplate(kind: WorkloadKind, offset: number, checker: Checker, ...steps: readonly string[]): void {
  checker.report("template-missing", { kind }, offset, ...steps);
}

function readCount(value: Value, name: string, found: Found, checker: Checker): void {
  if (isNull(value)) return;
  const count = decodeInteger(value, 32, checker, name) ?? 0;
  if (count < 0) checker.report("count-negative", { count }, value.offset, name);
  found.count = Math.max(0, count);
}

function readOrdinals(value: Value, found: Found, checker: Checker): void {
  const entries = decodeFields(value, checker, "ordinals");
  checker.enter("ordinals");
  for (const entry of entries ?? nothing) {
    if (entry.key === "start") {
      const start = decodeInteger(entry.value, 32, checker, "start") ?? 0;
      if (start < 0) checker.report("count-negative", { count: start }, entry.value.offset, "start");
      found.first = Math.max(0, start);
    } else reportUnknownField(entry, ["start"], checker);
  }
  checker.leave();
}

function readTemplate(value: Value, found: Found, checker: Checker): void {
  let spec: Value | undefined;
  const entries = decodeFields(value, checker, "template");
  checker.enter("template");
  for (const entry of entries ?? nothing) {
    if (entry.key === "metadata") {
      const { labels, annotations } = readTemplateMetadata(entry.value, checker);
      found.labels = labels;
      found.annotations = askedFor(annotations);
    } else if (entry.key === "spec") spec = entry.value;
    else reportUnknownField(entry, ["metadata", "spec"], checker);
  }
  if (entries) found.spec = readPodSpec(spec, value.offset, true, checker);
  checker.leave();
}

/** The template of a CronJob's jobs: a Job's metadata and spec. */
function readJobTemplate(value: Value, found: Found, checker: Checker): void {
  const entries = decodeFields(value, checker, "jobTemplate");
  checker.enter("jobTemplate");
  for (const entry of entries ?? nothing) {
    if (entry.key === "metadata") readTemplateMetadata(entry.value, checker);
    else if (entry.key === "spec") readSpec("Job", entry.value, found, checker);
    else reportUnknownField(entry, ["metadata", "spec"], checker);
  }
  checker.leave();
}
