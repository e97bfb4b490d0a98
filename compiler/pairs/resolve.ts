import type { KubernetesObject, Labels, Pod } from "../model/objects.js";
import { isListed, type AnyExpression, type AnyGroup, type AnyPort } from "./any-pairs.js";
import type { SetExpression, SetMatch } from "./pair-group.js";
import { resolveListed, type Listed } from "./resolve-listed.js";

/** One side of a pair group, as addresses. */
export type Addresses =
  /** The pods of the cluster that match, in input order. */
  | { readonly kind: "pods"; readonly pods: readonly Pod[] }
  /** A block less some, whoever lives there. */
  | { readonly kind: "block"; readonly cidr: string; readonly except: readonly string[] }
  /** Every address, inside the cluster or not, but those of `except`. */
  | { readonly kind: "everything"; readonly except: readonly Pod[] }
  | Listed;

export interface ResolvedGroup {
  readonly sources: Addresses;
  readonly destinations: Addresses;
  /** For each named port of the group, as `http/tcp`: the destinations that have it, `10.0.0.1:8080`. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

export interface Resolver {
  resolve(group: AnyGroup): ResolvedGroup;
}

/**
 * Turns set expressions into addresses. Pods that have no IPv4 address of their own (host network, finished, not
 * started, deleted and out of time) are in no set.
 */
export function resolverOf(objects: readonly KubernetesObject[]): Resolver {
  const pods = objects.filter((object): object is Pod => object.kind === "Pod" && hasOwnAddress(object));
  const namespaces = new Map<string, Labels>();
  for (const object of objects) if (object.kind === "Namespace") namespaces.set(object.name, object.labels);
  const index = indexOf(pods);

  const matches = (pod: Pod, { set, negated }: SetMatch): boolean => {
    return negated !== holds(pod, set, namespaces.get(pod.namespace));
  };
  const select = (expression: AnyExpression): Addresses => {
    return isListed(expression) ? resolveListed(expression) : selectSets(expression as SetExpression);
  };
  const selectSets = (expression: SetExpression): Addresses => {
    const [only] = expression;
    if (only?.set.kind === "cidr") return { kind: "block", cidr: only.set.cidr, except: only.set.except };
    if (expression.every(({ negated }) => negated)) {
      return {
        kind: "everything",
        except: expression.length === 0 ? [] : pods.filter((pod) => !expression.every((match) => matches(pod, match))),
      };
    }
    return {
      kind: "pods",
      pods: candidates(expression, pods, index).filter((pod) => expression.every((match) => matches(pod, match))),
    };
  };

  return {
    resolve(group) {
      const destinations = select(group.destinations);
      const reachable = destinations.kind === "pods" ? destinations.pods : pods;
      const named = new Map(
        group.ports.flatMap((port) =>
          port.kind === "named"
            ? [[`${port.name}/${port.protocol.toLowerCase()}`, namedTargets(reachable, port)] as const]
            : [],
        ),
      );
      return { sources: select(group.sources), destinations, named };
    },
  };
}

function hasOwnAddress(pod: Pod): boolean {
  if (pod.hostNetwork || pod.phase === "Succeeded" || pod.phase === "Failed") return false;
  return pod.deletionGracePeriodSeconds !== 0 && pod.ip !== "" && !pod.ip.includes(":");
}

function holds(pod: Pod, set: SetMatch["set"], namespaceLabels: Labels | undefined): boolean {
  switch (set.kind) {
    case "namespace":
      return pod.namespace === set.namespace;
    case "all-namespaces":
      return true;
    case "namespace-label":
      return hasLabel(namespaceLabels, set.key, set.value);
    case "pod-label":
      return hasLabel(pod.labels, set.key, set.value);
    case "pod-label-values":
      return set.values.includes(pod.labels.get(set.key) ?? "\0");
    case "cidr":
      throw new Error("a block stands alone in its expression");
  }
}

function hasLabel(labels: Labels | undefined, key: string, value: string | undefined): boolean {
  const found = labels?.get(key);
  return found !== undefined && (value === undefined || found === value);
}

type Index = ReadonlyMap<string, readonly Pod[]>;

/** Pods by namespace and by label, so that a selector looks at few of them. */
function indexOf(pods: readonly Pod[]): Index {
  const index = new Map<string, Pod[]>();
  const add = (key: string, pod: Pod) => {
    const found = index.get(key);
    if (found) found.push(pod);
    else index.set(key, [pod]);
  };
  for (const pod of pods) {
    add(`namespace ${pod.namespace}`, pod);
    for (const [key, value] of pod.labels) add(`label ${key}=${value}`, pod);
  }
  return index;
}

/** The shortest list that holds every pod of the expression. */
function candidates(expression: SetExpression, pods: readonly Pod[], index: Index): readonly Pod[] {
  const lists = expression.flatMap(({ set, negated }) => {
    if (negated) return [];
    if (set.kind === "namespace") return [index.get(`namespace ${set.namespace}`) ?? []];
    if (set.kind === "pod-label" && set.value !== undefined) return [index.get(`label ${set.key}=${set.value}`) ?? []];
    return [];
  });
  return lists.reduce((shortest, list) => (list.length < shortest.length ? list : shortest), pods);
}

function namedTargets(pods: readonly Pod[], wanted: AnyPort & { kind: "named" }): readonly string[] {
  if ("targets" in wanted) return wanted.targets();
  return pods.flatMap((pod) =>
    pod.ports
      .filter(({ name, protocol }) => name === wanted.name && protocol === wanted.protocol)
      .map(({ containerPort }) => `${pod.ip}:${containerPort}`),
  );
}
