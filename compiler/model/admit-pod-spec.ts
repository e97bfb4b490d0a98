import type { Entry, Value } from "../manifest/value.js";
import { readContainerPort, type ReadPort } from "./admit-container-port.js";
import type { Checker } from "./checker.js";
import { decodeBoolean, decodeFields, decodeList, decodeString, reportUnknownField } from "./decode.js";
import { subdomainNameMistakes } from "./name-rules.js";
import type { ContainerPort } from "./objects.js";

/** What admission takes from a pod's `spec`. */
export interface PodSpec {
  readonly hostNetwork: boolean;
  readonly nodeName: string;
  readonly ports: readonly ContainerPort[];
  /** Absent: the default one. */
  readonly serviceAccount?: string;
  /** Of init containers; absent where they have none. */
  readonly initPorts?: readonly ContainerPort[];
}

/**
 * Reads and checks the `spec` of a pod, or of a template of pods. `value` is undefined when there is none. Only in a pod is a missing
 * hostPort of the host network defaulted. Rules: Kubernetes 1.34, pkg/apis/core/validation.
 */
export function readPodSpec(value: Value | undefined, offset: number, isTemplate: boolean, checker: Checker): PodSpec {
  let hostNetwork = false;
  let nodeName = "";
  let serviceAccount = "";
  let oldServiceAccount = "";
  let containers: readonly Container[] | undefined = nothing;
  let containersOffset = value?.offset ?? offset;
  let initContainers: readonly Container[] = nothing;
  const entries = value ? decodeFields(value, checker, "spec") : nothing;
  checker.enter("spec");
  for (const entry of entries ?? nothing) {
    switch (entry.key) {
      case "hostNetwork":
        hostNetwork = decodeBoolean(entry.value, checker, "hostNetwork") ?? false;
        break;
      case "nodeName":
        nodeName = readNodeName(entry.value, checker);
        break;
      case "serviceAccountName":
        serviceAccount = decodeString(entry.value, checker, "serviceAccountName") ?? "";
        break;
      case "serviceAccount":
        oldServiceAccount = decodeString(entry.value, checker, "serviceAccount") ?? "";
        break;
      case "containers":
        containers = readContainers(entry.value, "containers", checker);
        containersOffset = entry.value.offset;
        break;
      case "initContainers":
        initContainers = readContainers(entry.value, "initContainers", checker) ?? nothing;
        break;
      default:
        if (!podSpecFields.has(entry.key)) reportUnknownField(entry, [...podSpecFields], checker);
    }
  }
  if (entries && containers?.length === 0) checker.report("containers-missing", {}, containersOffset, "containers");
  checkHostPorts(containers ?? nothing, initContainers, hostNetwork, isTemplate, checker);
  checker.leave();
  const account = serviceAccount || oldServiceAccount;
  const initPorts = portsOf(initContainers);
  return {
    hostNetwork,
    nodeName,
    ports: portsOf(containers ?? nothing),
    ...(account !== "" && { serviceAccount: account }),
    ...(initPorts.length > 0 && { initPorts }),
  };
}

type Container = readonly ReadPort[];

const nothing: readonly never[] = [];

function portsOf(containers: readonly Container[]): readonly ContainerPort[] {
  if (containers.length === 1 && containers[0]!.length === 0) return nothing;
  const ports: ContainerPort[] = [];
  for (const container of containers)
    for (const { name, containerPort, protocol } of container) ports.push({ name, containerPort, protocol });
  return ports;
}

function readNodeName(value: Value, checker: Checker): string {
  const name = decodeString(value, checker, "nodeName") ?? "";
  const mistakes = name === "" ? nothing : subdomainNameMistakes(name);
  if (mistakes.length > 0) checker.report("node-name-invalid", { value: name, mistakes }, value.offset, "nodeName");
  return name;
}

function readContainers(value: Value, name: string, checker: Checker): readonly Container[] | undefined {
  const items = decodeList(value, checker, name);
  if (!items) return undefined;
  checker.enter(name);
  const containers = items.map((item, index) => readContainer(item, index, checker));
  checker.leave();
  return containers;
}

function readContainer(item: Value, index: number, checker: Checker): Container {
  const entries = decodeFields(item, checker, index);
  let ports: Container = nothing;
  checker.enter(index);
  for (const entry of entries ?? nothing) {
    if (entry.key === "ports") ports = readPorts(entry, checker);
    else if (!containerFields.has(entry.key)) reportUnknownField(entry, [...containerFields], checker);
  }
  checker.leave();
  return ports;
}

function readPorts(entry: Entry, checker: Checker): Container {
  const items = decodeList(entry.value, checker, "ports");
  if (!items || items.length === 0) return nothing;
  const names = new Set<string>();
  checker.enter("ports");
  const ports = items.map((item, index) => readContainerPort(item, index, names, checker));
  checker.leave();
  return ports;
}

function checkHostPorts(
  containers: readonly Container[],
  initContainers: readonly Container[],
  hostNetwork: boolean,
  isTemplate: boolean,
  checker: Checker,
): void {
  if (containers.every(isEmpty) && initContainers.every(isEmpty)) return;
  const defaulted = hostNetwork && !isTemplate;
  const taken = new Set<string>();
  for (const [index, container] of containers.entries()) {
    for (const [at, port] of container.entries()) {
      if (hostNetwork && port.hostPort !== 0 && port.hostPort !== port.containerPort) {
        const parameters = { hostPort: port.hostPort, containerPort: port.containerPort };
        checker.report("host-port-mismatch", parameters, port.offset, "containers", index, "ports", at, "hostPort");
      }
      takeHostPort(port, defaulted, taken, checker, "containers", index, at);
    }
  }
  // Init containers run one by one, so each has the host ports for itself. The server calls each of them [0] here.
  for (const container of initContainers) {
    const own = new Set<string>();
    for (const [at, port] of container.entries()) takeHostPort(port, defaulted, own, checker, "initContainers", 0, at);
  }
}

function isEmpty(container: Container): boolean {
  return container.length === 0;
}

function takeHostPort(
  port: ReadPort,
  defaulted: boolean,
  taken: Set<string>,
  checker: Checker,
  list: string,
  index: number,
  at: number,
): void {
  const hostPort = port.hostPort === 0 && defaulted ? port.containerPort : port.hostPort;
  if (hostPort === 0) return;
  const key = `${port.protocol}/${port.hostIP}/${hostPort}`;
  if (taken.has(key)) {
    const parameters = { port: hostPort, protocol: port.protocol };
    checker.report("host-port-duplicate", parameters, port.offset, list, index, "ports", at, "hostPort");
  }
  taken.add(key);
}

const podSpecFields: ReadonlySet<string> = new Set(
  `containers initContainers hostNetwork nodeName volumes ephemeralContainers restartPolicy terminationGracePeriodSeconds
  activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken hostPID hostIPC
  shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases
  priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead
  topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride`.split(
    /\s+/,
  ),
);

const containerFields: ReadonlySet<string> = new Set(
  `ports name image command args workingDir envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts volumeDevices
  livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext
  stdin stdinOnce tty`.split(/\s+/),
);
