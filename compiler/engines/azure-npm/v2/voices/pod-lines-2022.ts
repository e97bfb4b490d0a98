import type { Labels, Pod } from "../../../../model/objects.js";
import { keyOf } from "../../../../model/objects.js";
import type { LogEntry } from "../../../log-entry.js";
import { goMap, klog } from "../../log-lines.js";
import type { PodChange } from "./voice.js";

/** What the pod controller of v1.4.23 logs while it deals with a pod. */
export function podLines(change: PodChange): LogEntry[] {
  switch (change.kind) {
    case "added":
      return [updating(change.pod), ...added(change.pod)];
    case "readdressed":
      return [updating(change.pod), ...readdressed(change.before, change.pod)];
    case "updated":
      return [updating(change.pod), ...updated(change.before, change.pod)];
    case "unchanged":
    case "without-address":
      return [];
    case "finished":
      return removed(change.key, change.before);
    case "deleted": {
      const [namespace, name] = change.key.split("/");
      const heard = pods(230, `[POD DELETE EVENT] for ${name} in ${namespace}`);
      if (change.hostNetwork) return [heard];
      return [
        heard,
        pods(336, `pod ${change.key} not found, may be it is deleted`),
        ...removed(change.key, change.before),
      ];
    }
  }
}

function updating(pod: Pod): LogEntry {
  return pods(467, `[syncAddAndUpdatePod] updating Pod with key ${keyOf(pod)}`);
}

function added(pod: Pod): LogEntry[] {
  const { namespace, name, uid, labels, ip } = pod;
  const adding = `Adding pod ${keyOf(pod)} (ip : ${ip}) to ipset`;
  return [
    klog("podController.go:389", ({ nodeName }) => {
      return `POD CREATING: [${uid}/${namespace}/${name}/${pod.nodeName || nodeName}/${goMap(labels)}/${ip}]`;
    }),
    pods(407, `${adding} ${namespace}`),
    ...[...labels].flatMap(([key, value]) => [
      // Addresses in memory, other ones in each process.
      pods(424, "Creating ipsets [0xc000a01230 0xc000a01248] if it does not already exist"),
      pods(425, `${adding} ${key} and ${key}:${value}`),
    ]),
    pods(433, "Adding named port ipsets"),
    ...ports(pod),
  ];
}

function readdressed(before: Pod, pod: Pod): LogEntry[] {
  const key = keyOf(pod);
  const who = `Pod (Namespace:${pod.namespace}, Name:${pod.name}, newUid:${pod.uid})`;
  return [
    pods(483, `${who}, has cachedPodIp:${before.ip} which is different from PodIp:${pod.ip}`),
    pods(486, `Deleting cached Pod with key:${key} first due to IP Mistmatch`),
    ...removed(key, before),
    pods(491, `Adding back Pod with key:${key} after IP Mistmatch`),
    ...added(pod),
  ];
}

function updated(before: Pod, pod: Pod): LogEntry[] {
  const who = `pod ${keyOf(pod)} (ip : ${pod.ip})`;
  const samePorts = JSON.stringify(before.ports) === JSON.stringify(pod.ports);
  return [
    ...changedSets(before.labels, pod.labels).map((set) => pods(506, `Deleting ${who} from ipset ${set}`)),
    ...changedSets(pod.labels, before.labels).flatMap((set) => [
      pods(528, `Creating ipset ${set} if it doesn't already exist`),
      pods(537, `Adding ${who} to ipset ${set}`),
    ]),
    ...(samePorts ? [] : [...ports(before), ...ports(pod)]),
  ];
}

/** The sets of labels that `others` lack: `app`, `app:web`; where the key stays, the second only. */
export function changedSets(labels: Labels, others: Labels): readonly string[] {
  return [...labels].flatMap(([key, value]) => {
    if (others.get(key) === value) return [];
    return others.has(key) ? [`${key}:${value}`] : [key, `${key}:${value}`];
  });
}

function removed(key: string, before: Pod | undefined): LogEntry[] {
  return [
    pods(580, `[cleanUpDeletedPod] deleting Pod with key ${key}`),
    ...[...(before?.labels ?? [])].map(([label, value]) =>
      pods(600, `Deleting pod ${key} (ip : ${before?.ip}) from ipsets ${label} and ${label}:${value}`),
    ),
    ...(before ? ports(before) : []),
  ];
}

function ports(pod: Pod): LogEntry[] {
  return pod.ports.map(({ name, containerPort, protocol }) =>
    pods(630, `port is {Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:}`),
  );
}

function pods(line: number, text: string): LogEntry {
  return klog(`podController.go:${line}`, text);
}
