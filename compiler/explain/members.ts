import { maskedCidr } from "../model/cidr.js";
import type { Machine } from "../engines/engine.js";
import type { SetMeaning } from "../engines/set-meaning.js";
import { keyOf, type KubernetesObject, type Namespace, type NetworkPolicy, type Pod } from "../model/objects.js";
import type { IpSet } from "../netfilter/tables.js";
import { addressesOf } from "../simulate/tiers/holders.js";
import type { FieldOrigin, Origin } from "../text/origin.js";
import type { ExactOrigin } from "./exact-origin.js";
import type { Explained } from "./explanation.js";

/** Why each member stands in a set: the pod, the namespace or the entry of an ipBlock that puts it there. */
export interface MemberFinder {
  membersOf(set: IpSet): readonly Explained[];
}

export function memberFinder(
  objects: readonly KubernetesObject[],
  machine: Machine,
  sets: ReadonlyMap<string, IpSet>,
  exact: ExactOrigin,
): MemberFinder {
  const pods = new Map<string, Pod[]>();
  for (const object of objects) {
    if (object.kind !== "Pod") continue;
    for (const address of addressesOf(object)) {
      const others = pods.get(address);
      if (others) others.push(object);
      else pods.set(address, [object]);
    }
  }
  const namespaces = new Map(objects.flatMap((object) => (object.kind === "Namespace" ? [[object.name, object]] : [])));
  const policies = new Map(
    objects.flatMap((object) => (object.kind === "NetworkPolicy" ? [[keyOf(object), object]] : [])),
  );

  const inList = (list: IpSet, meaning: SetMeaning | undefined, name: string): Explained | undefined => {
    const member = sets.get(name);
    if (!member) return undefined;
    const of = machine.meaningOf(member);
    const title = member.readableName ?? name;
    const namespace = of?.kind === "namespace" ? namespaces.get(of.namespace) : undefined;
    if (!namespace) {
      const why = of?.kind === "pod-label" ? `a value that the selector lists` : "a set of the list";
      return entry(list, name, title, why, [list.origin, member.origin], [`set ${name}`]);
    }
    const [field, why] = namespaceReason(namespace, meaning);
    return entry(list, name, title, why, [originOf(namespace, field), member.origin], [`set ${name}`]);
  };
  return {
    membersOf(set) {
      const meaning = machine.meaningOf(set);
      return set.members.map((member): Explained => {
        const found =
          set.type === "list:set"
            ? inList(set, meaning, member)
            : (ofKnown(set, member) ?? ofPod(set, meaning, member, pods) ?? ofBlock(set, member, policies));
        const explained = found ?? entry(set, member, member, "nothing in the manifests says why", [set.origin], []);
        return { ...explained, origins: explained.origins.map((origin) => exact(origin)) };
      });
    },
  };
}

/** The object that the engine names. */
function ofKnown(set: IpSet, member: string): Explained | undefined {
  const origin = set.originOfMember?.(member);
  if (!origin) return undefined;
  if (origin.kind === "engine") return entry(set, member, member, origin.reason, [origin], []);
  return entry(set, member, `${member} (${origin.object})`, "it is one of them", [origin], []);
}

function ofPod(
  set: IpSet,
  meaning: SetMeaning | undefined,
  member: string,
  pods: ReadonlyMap<string, readonly Pod[]>,
): Explained | undefined {
  if (meaning?.kind === "block") return undefined;
  const [, address = "", port] = /^([^,/\s]+)(?:,\w+:(\d+))?$/.exec(member) ?? [];
  const having = pods.get(address);
  if (!having) return undefined;
  const because = having.map((pod) => podReason(pod, meaning, port)).find((reason) => reason !== undefined);
  const [pod, field, why] = because ?? [having[0]!, "status.podIP", "it has the address"];
  return entry(set, member, `${member} (${keyOf(pod)})`, why, [originOf(pod, field)], []);
}

/** The field of a pod that puts it into a set with this meaning; undefined when none does. */
function podReason(
  pod: Pod,
  meaning: SetMeaning | undefined,
  port: string | undefined,
): readonly [Pod, string, string] | undefined {
  switch (meaning?.kind) {
    case "namespace":
      if (pod.namespace !== meaning.namespace) return undefined;
      return [pod, "metadata.namespace", `it is in namespace ${pod.namespace}`];
    case "pod-label": {
      const value = pod.labels.get(meaning.key);
      if (value === undefined || (meaning.value !== undefined && meaning.value !== value)) return undefined;
      return [pod, `metadata.labels[${meaning.key}]`, `it has the label ${meaning.key}=${value === "" ? '""' : value}`];
    }
    case "named-port":
      if (!pod.ports.some(({ name, containerPort }) => name === meaning.name && `${containerPort}` === port))
        return undefined;
      return [pod, "spec.containers", `it calls its port ${port} ${meaning.name}`];
    default:
      return undefined;
  }
}

/** How NPM writes 0.0.0.0/0, which no set holds as it is. */
const halves = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"];

/** An entry of an ipBlock of the policy for which the set was made. */
function ofBlock(set: IpSet, member: string, policies: ReadonlyMap<string, NetworkPolicy>): Explained | undefined {
  const { origin } = set;
  const policy = origin?.kind === "field" ? policies.get(origin.object) : undefined;
  if (!policy || origin?.kind !== "field") return undefined;
  const isHole = member.endsWith(" nomatch");
  const block = member.replace(/ nomatch$/, "");
  const spellings = (cidr: string): readonly string[] =>
    cidr === "0.0.0.0/0" ? halves : [cidr, maskedCidr(cidr)].map((text) => text.replace(/\/32$/, ""));
  for (const [direction, list] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    for (const [rule, { peers }] of policy[direction].entries()) {
      for (const [position, peer] of peers.entries()) {
        const field = `spec.${direction}[${rule}].${list}[${position}].ipBlock`;
        if (peer.kind !== "ipBlock" || !field.startsWith(origin.field)) continue;
        const hole = peer.except.findIndex((cidr) => spellings(cidr).includes(block));
        const isThis = isHole ? hole >= 0 : spellings(peer.cidr).includes(block);
        if (!isThis) continue;
        const at: FieldOrigin = {
          ...origin,
          field: isHole ? `${field}.except[${hole}]` : `${field}.cidr`,
          location: { source: policy.source, offset: peer.offset },
        };
        const why = isHole
          ? `except ${peer.except[hole]} takes it out, which a set writes as nomatch`
          : `cidr ${peer.cidr} puts it in`;
        return entry(set, member, member, why, [at, origin], []);
      }
    }
  }
  return undefined;
}

function namespaceReason(namespace: Namespace, meaning: SetMeaning | undefined): readonly [string, string] {
  if (meaning?.kind !== "namespace-label") return ["metadata.name", `there is a namespace ${namespace.name}`];
  const value = namespace.labels.get(meaning.key);
  return [
    `metadata.labels[${meaning.key}]`,
    `namespace ${namespace.name} has the label ${meaning.key}${value === undefined ? "" : `=${value === "" ? '""' : value}`}`,
  ];
}

function originOf(object: Pod | Namespace, field: string): FieldOrigin {
  return { kind: "field", object: keyOf(object), field, location: { source: object.source, offset: object.offset } };
}

function entry(
  set: IpSet,
  member: string,
  title: string,
  why: string,
  origins: readonly (Origin | undefined)[],
  links: readonly string[],
): Explained {
  return {
    id: `member ${set.name} ${member}`,
    kind: "member",
    title,
    text: [why],
    origins: origins.filter((origin) => origin !== undefined),
    links,
    parts: [],
  };
}
