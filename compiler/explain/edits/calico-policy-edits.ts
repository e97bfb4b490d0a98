import type { Value } from "../../manifest/value.js";
import type { CalicoEntity, CalicoPolicy, CalicoRule } from "../../model/calico/objects.js";
import type { Labels } from "../../model/objects.js";
import { resourceKey } from "../../model/resources.js";
import type { Candidate, Ground, Make } from "./candidate.js";
import { blockOf, labelsOf } from "./peer-for.js";
import { addEntry, addItem, childAt, insertItem, removeItem, setEntry, valueAt, type Written } from "./yaml-lines.js";

/** A policy of Calico's in its text. */
interface Edited {
  readonly policy: CalicoPolicy;
  readonly spec: Value | undefined;
  readonly ground: Ground;
  readonly make: Make;
}

/**
 * Another action, other ends or ports, an earlier rule, another order, or the endpoint is selected no more: what may let a packet through
 * that a policy denies. `denies`: its rule that does so; absent where none of its rules decides.
 */
export function openingCalico(policy: CalicoPolicy, denies: number | undefined, ground: Ground): readonly Candidate[] {
  const edited = textOf(policy, ground);
  const { spec, make } = edited;
  const { direction } = ground;
  const { source, ingressType, egressType } = policy;
  const shared = [...leaving(edited), ...postponing(edited), ...(ingressType && egressType ? withoutType(edited) : [])];
  if (denies !== undefined) {
    const path = `spec.${direction}[${denies}]`;
    const list = childAt(spec, direction);
    return [
      ...changingAction(edited, denies, ["Allow", "Pass"]),
      ...make(`remove ${path}`, removeItem(source, list, denies)),
      ...make(`add a rule before ${path}`, insertItem(source, list, denies, allowing(edited))),
      ...narrowing(edited, denies),
      ...shared,
    ];
  }
  return [
    ...policy[direction].flatMap((rule, index) => (rule.action === "Allow" ? widening(edited, rule, index) : [])),
    ...make(`add a rule to spec.${direction}`, addItem(source, spec, direction, allowing(edited))),
    ...shared,
  ];
}

/** Another action, narrower ends or ports, or the rule is gone: what may stop a packet that a rule allows. */
export function closingCalico(policy: CalicoPolicy, index: number, ground: Ground): readonly Candidate[] {
  const edited = textOf(policy, ground);
  const list = childAt(edited.spec, ground.direction);
  return [
    ...changingAction(edited, index, ["Deny"]),
    ...edited.make(`remove spec.${ground.direction}[${index}]`, removeItem(policy.source, list, index)),
    ...narrowing(edited, index),
    ...leaving(edited),
    ...postponing(edited),
  ];
}

function textOf(policy: CalicoPolicy, ground: Ground): Edited {
  const { source } = policy;
  const key = resourceKey(policy);
  const make: Make = (what, edit) => (edit ? [{ policy: key, what, source, edit }] : []);
  return { policy, spec: childAt(valueAt(source, policy.offset), "spec"), ground, make };
}

function changingAction({ policy, spec, ground, make }: Edited, index: number, actions: readonly string[]) {
  const rule = childAt(spec, ground.direction, index);
  const path = `spec.${ground.direction}[${index}].action`;
  return actions.flatMap((action) =>
    make(`change ${path} to ${action}`, setEntry(policy.source, rule, "action", action)),
  );
}

/** The end of a rule that means the other endpoint. */
function farEnd({ direction }: Ground): "source" | "destination" {
  return direction === "ingress" ? "source" : "destination";
}

/** The narrowest rule that allows the packet. */
function allowing({ policy, ground }: Edited): Written {
  const { packet } = ground;
  const end = farEnd(ground);
  const ports: { readonly [key: string]: Written } = packet.protocol === "other" ? {} : { ports: [packet.port] };
  const far = entityFor(policy, ground);
  return {
    action: "Allow",
    ...(packet.protocol !== "other" && { protocol: packet.protocol.toUpperCase() }),
    ...(end === "source"
      ? { source: far, ...(packet.protocol !== "other" && { destination: ports }) }
      : { destination: { ...far, ...ports } }),
  };
}

function entityFor({ namespace }: CalicoPolicy, { other }: Ground): { readonly [key: string]: Written } {
  if (other.kind !== "pod") return { nets: [blockOf(other.address)] };
  const { pod } = other;
  const chosen = Object.entries(labelsOf(pod.labels)).map(([key, value]) => `${key} == ${quoted(value)}`);
  if (namespace === "") {
    return { selector: [`projectcalico.org/namespace == ${quoted(pod.namespace)}`, ...chosen].join(" && ") };
  }
  const selector = chosen.length === 0 ? "all()" : chosen.join(" && ");
  if (pod.namespace === namespace) return { selector };
  return { namespaceSelector: `projectcalico.org/name == ${quoted(pod.namespace)}`, selector };
}

/** One more port, block or selected endpoint of an Allow rule. */
function widening({ policy, spec, ground, make }: Edited, rule: CalicoRule, index: number): readonly Candidate[] {
  const { source } = policy;
  const { packet, direction, other } = ground;
  const path = `spec.${direction}[${index}]`;
  const written = childAt(spec, direction, index);
  const end = farEnd(ground);
  const far = rule[end];
  const at = childAt(written, end);
  const destination = childAt(written, "destination");
  const block = blockOf(other.address);
  return [
    ...(rule.destination.ports.length > 0 && packet.protocol !== "other"
      ? make(`add a port to ${path}.destination.ports`, addItem(source, destination, "ports", packet.port))
      : []),
    ...(far.nets.length > 0 ? make(`add a block to ${path}.${end}.nets`, addItem(source, at, "nets", block)) : []),
    ...(far.selector === "" || other.kind !== "pod"
      ? []
      : Object.entries(labelsOf(other.pod.labels)).flatMap(([key, value]) =>
          make(
            `widen ${path}.${end}.selector by ${key} == ${quoted(value)}`,
            setEntry(source, at, "selector", `${far.selector} || ${key} == ${quoted(value)}`),
          ),
        )),
    ...(rule.protocol !== undefined && packet.protocol !== "other"
      ? make(
          `change ${path}.protocol to ${packet.protocol.toUpperCase()}`,
          setEntry(source, written, "protocol", packet.protocol.toUpperCase()),
        )
      : []),
  ];
}

/** A rule that means the other endpoint, or the port, no more. */
function narrowing({ policy, spec, ground, make }: Edited, index: number): readonly Candidate[] {
  const { source } = policy;
  const { packet, direction, other } = ground;
  const rule = policy[direction][index];
  if (!rule) return [];
  const path = `spec.${direction}[${index}]`;
  const written = childAt(spec, direction, index);
  const end = farEnd(ground);
  const at = childAt(written, end);
  const { ports } = rule.destination;
  const place = ports.findIndex((port) => "first" in port && port.first === packet.port && port.last === packet.port);
  const without = (name: "destination" | "source", key: string, item: Written) =>
    childAt(written, name)
      ? addItem(source, childAt(written, name), key, item)
      : addEntry(source, written, name, { [key]: [item] });
  return [
    ...(place >= 0 && ports.length > 1
      ? make(
          `remove ${path}.destination.ports[${place}]`,
          removeItem(source, childAt(written, "destination", "ports"), place),
        )
      : []),
    ...(rule.protocol !== undefined && packet.protocol !== "other" && place < 0
      ? make(`add a port to ${path}.destination.notPorts`, without("destination", "notPorts", packet.port))
      : []),
    ...(other.kind === "pod"
      ? narrowSelector(rule[end], other.pod.labels, `${path}.${end}.selector`, (text) =>
          at
            ? (setEntry(source, at, "selector", text) ?? addEntry(source, at, "selector", text))
            : addEntry(source, written, end, { selector: text }),
        ).flatMap(({ what, edit }) => make(what, edit))
      : make(`add a block to ${path}.${end}.notNets`, without(end, "notNets", blockOf(other.address)))),
  ];
}

function narrowSelector<E>(
  { selector }: Pick<CalicoEntity, "selector">,
  labels: Labels,
  path: string,
  edit: (selector: string) => E,
): readonly { readonly what: string; readonly edit: E }[] {
  return Object.entries(labelsOf(labels)).map(([key, value]) => {
    const but = `${key} != ${quoted(value)}`;
    const whole = selector === "" ? but : `${/\|\|/.test(selector) ? `(${selector})` : selector} && ${but}`;
    return { what: `narrow ${path} by ${but}`, edit: edit(whole) };
  });
}

/** The policy selects the endpoint no more. */
function leaving({ policy, spec, ground, make }: Edited): readonly Candidate[] {
  const { subject } = ground;
  const { source } = policy;
  if (subject.kind !== "pod") return [];
  return narrowSelector(policy, subject.pod.labels, "spec.selector", (text) =>
    childAt(spec, "selector") ? setEntry(source, spec, "selector", text) : addEntry(source, spec, "selector", text),
  ).flatMap(({ what, edit }) => make(what, edit));
}

/** Policies of Kubernetes have this order. */
const orderOfKubernetes = 1000;

/** The policy comes behind all others of its tier that have an order. */
function postponing({ policy, spec, ground, make }: Edited): readonly Candidate[] {
  const { source, tier } = policy;
  const others = calicoPolicies(ground.cluster).filter((each) => each.tier === tier && each !== policy);
  const orders = others.flatMap(({ order }) => order ?? []);
  const last = Math.max(...orders, ...(tier === "default" ? [orderOfKubernetes] : []));
  if (!Number.isFinite(last) || (policy.order ?? Infinity) > last) return [];
  return make(`change spec.order to ${last + 1}`, setEntry(source, spec, "order", last + 1));
}

function withoutType({ policy, spec, ground, make }: Edited): readonly Candidate[] {
  const type = ground.direction === "ingress" ? "Ingress" : "Egress";
  const types = childAt(spec, "types");
  if (types?.kind !== "sequence") return [];
  const index = types.items.findIndex((item) => item.kind === "scalar" && item.text === type);
  return make(`remove ${type} from spec.types`, removeItem(policy.source, types, index));
}

/** Policies of Calico that are enforced. */
export function calicoPolicies({ tiered }: Ground["cluster"]): readonly CalicoPolicy[] {
  const all = tiered?.specification.resources ?? [];
  return all.filter((each): each is CalicoPolicy => "tier" in each && !each.kind.startsWith("Staged"));
}

function quoted(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}
