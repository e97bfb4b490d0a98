import type {
  ContainerPort,
  KubernetesObject,
  Labels,
  LabelSelector,
  Peer,
  Pod,
  PolicyPort,
  PolicyRule,
} from "./objects.js";

/** A value as the API server would show it. Maps, so that no key can be special to JavaScript. */
export type Field = string | number | boolean | FieldMap | FieldList;
export type FieldMap = ReadonlyMap<string, Field>;
export type FieldList = readonly Field[];

/** An object in the shape the API server shows, in the fields that anpm reads; read again it gives the same object. */
export function storedForm(object: KubernetesObject): FieldMap {
  switch (object.kind) {
    case "Namespace":
      return map({
        apiVersion: "v1",
        kind: object.kind,
        metadata: { name: object.name, labels: labels(object.labels) },
      });
    case "Pod":
      return map({
        apiVersion: "v1",
        kind: object.kind,
        metadata: {
          name: object.name,
          namespace: object.namespace,
          labels: labels(object.labels),
          annotations: annotationsOf(object),
          ...(object.deletionGracePeriodSeconds !== undefined && {
            deletionTimestamp: "2000-01-01T00:00:00Z",
            deletionGracePeriodSeconds: object.deletionGracePeriodSeconds,
          }),
        },
        spec: {
          nodeName: object.nodeName || undefined,
          hostNetwork: object.hostNetwork || undefined,
          serviceAccountName: object.serviceAccount,
          initContainers: object.initPorts && containers(object.initPorts, "i"),
          containers: containers(object.ports, "c"),
        },
        status: { phase: object.phase || undefined, ...statusAddresses(object) },
      });
    case "NetworkPolicy":
      return map({
        apiVersion: "networking.k8s.io/v1",
        kind: object.kind,
        metadata: { name: object.name, namespace: object.namespace },
        spec: {
          podSelector: selector(object.podSelector),
          policyTypes: object.policyTypes,
          ingress: someOf(object.ingress.map((each) => rule(each, "from"))),
          egress: someOf(object.egress.map((each) => rule(each, "to"))),
        },
      });
  }
}

/** As JSON text; the same value gives the same text. */
export function fieldText(field: Field): string {
  if (Array.isArray(field)) return `[${(field as FieldList).map(fieldText).join(",")}]`;
  if (!(field instanceof Map)) return JSON.stringify(field);
  const entries = [...(field as FieldMap)].map(([key, value]) => `${JSON.stringify(key)}:${fieldText(value)}`);
  return `{${entries.join(",")}}`;
}

interface Plain {
  readonly [key: string]: Field | Plain | undefined;
}

/** Without what is undefined. The keys are those of the API, not a user's. */
function map(plain: Plain): FieldMap {
  const entries = Object.entries(plain).flatMap(([key, value]): [string, Field][] => {
    if (value === undefined) return [];
    return [[key, isField(value) ? value : map(value)]];
  });
  return new Map(entries);
}

function isField(value: Field | Plain): value is Field {
  return typeof value !== "object" || value instanceof Map || Array.isArray(value);
}

function labels(all: Labels): FieldMap | undefined {
  return all.size === 0 ? undefined : all;
}

function someOf(list: FieldList): FieldList | undefined {
  return list.length === 0 ? undefined : list;
}

function statusAddresses({ ip, addresses }: Pod): Plain {
  if (!addresses) return { podIP: ip || undefined };
  return addresses[0] === ip ? { podIPs: addresses.map((each) => map({ ip: each })) } : {};
}

/** What they ask for, and the addresses that Calico's CNI plugin has noted where the status tells of none. */
function annotationsOf({ ip, addresses, annotations }: Pod): FieldMap | undefined {
  const asked = [...(annotations ?? [])].map(([key, { text }]) => [key, text] as const);
  if (addresses && addresses[0] !== ip) asked.push(["cni.projectcalico.org/podIPs", addresses.join()]);
  return asked.length === 0 ? undefined : new Map(asked);
}

function rule({ peers, ports }: PolicyRule, list: "from" | "to"): FieldMap {
  return map({ [list]: someOf(peers.map(peer)), ports: someOf(ports.map(policyPort)) });
}

function peer(each: Peer): FieldMap {
  if (each.kind === "ipBlock") return map({ ipBlock: { cidr: each.cidr, except: someOf(each.except) } });
  return map({
    podSelector: each.podSelector && selector(each.podSelector),
    namespaceSelector: each.namespaceSelector && selector(each.namespaceSelector),
  });
}

/** Which container has a port changes nothing, but no container has two of one name. */
function containers(ports: readonly ContainerPort[], prefix: "c" | "i"): FieldList {
  const found: ContainerPort[][] = [[]];
  for (const port of ports) {
    const room = found.find((others) => port.name === "" || others.every(({ name }) => name !== port.name));
    if (room) room.push(port);
    else found.push([port]);
  }
  return found.map((its, index) =>
    map({ name: `${prefix}${index}`, image: "any", ports: someOf(its.map(containerPort)) }),
  );
}

function containerPort({ name, containerPort: number, protocol }: ContainerPort): FieldMap {
  return map({ name: name || undefined, containerPort: number, protocol });
}

function policyPort({ protocol, port, endPort }: PolicyPort): FieldMap {
  return map({ protocol, port, endPort });
}

function selector({ matchLabels, matchExpressions }: LabelSelector): FieldMap {
  const expressions = matchExpressions.map(({ key, operator, values }) =>
    map({ key, operator, values: someOf(values) }),
  );
  return map({ matchLabels: labels(matchLabels), matchExpressions: someOf(expressions) });
}
