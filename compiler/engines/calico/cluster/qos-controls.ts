import type { Annotation, Annotations } from "../../../model/objects.js";
import { suggest } from "../../../text/suggest.js";
import type { Generation } from "../generation.js";
import { dscpOf, dscpValues } from "./dscp.js";
import { quantityOf } from "./quantity.js";

/** What annotations of a pod or a host endpoint ask for, as far as it shows in tables. */
export interface QosControls {
  /** Of what goes to the pod, and of what it sends. */
  readonly ingress: TrafficLimits;
  readonly egress: TrafficLimits;
  /** What packets that leave the cluster are marked with. */
  readonly dscp?: Controlled<number>;
}

export interface TrafficLimits {
  /** Packets a second, 1 to 10000, and how many may come at once beyond. */
  readonly packetRate?: Controlled<number>;
  readonly packetBurst: number;
  /** Open at one time, 1 to 4294967295. */
  readonly connections?: Controlled<number>;
}

/** A value, and where its annotation is. */
export interface Controlled<T> {
  readonly value: T;
  readonly offset: number;
}

/** An annotation that does not do what it says. */
export interface QosMistake {
  readonly kind: "unknown" | "invalid" | "not-of-release";
  readonly key: string;
  readonly offset: number;
  /** What is wrong with it, and what becomes of it. */
  readonly problem: string;
  readonly fix: string;
}

export interface ReadControls {
  readonly controls: QosControls;
  readonly mistakes: readonly QosMistake[];
}

const prefix = "qos.projectcalico.org/";

/** How many packets may come at once where nobody says it. */
const usualBurst = 5;

/** Annotations of the bandwidth go to tc, not to iptables. */
const ofBandwidth = ["Bandwidth", "Burst", "Peakrate", "Minburst"];
const ofTables = ["PacketRate", "PacketBurst", "MaxConnections"];
const known = [
  ...["ingress", "egress"].flatMap((direction) => [...ofTables, ...ofBandwidth].map((name) => `${direction}${name}`)),
  "dscp",
];

/**
 * What a pod's annotations ask for. One that is no number is passed over; one that is too small or too large becomes the least or the
 * most that there is. Which bounds v3.30.0 and v3.30.1 had is not known; the kernel takes no others.
 * Source: Calico 0f71015b8, libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go, handleQoSControlsAnnotations; release
 * notes of v3.30.2 for bursts and bounds.
 */
export function podControls(annotations: Annotations, generation: Generation): ReadControls {
  const { limits } = generation.endpoints;
  const mistakes: QosMistake[] = [];
  const note = (name: string, { offset }: Pick<Annotation, "offset">, mistake: Omit<QosMistake, "key" | "offset">) =>
    void mistakes.push({ ...mistake, key: `${prefix}${name}`, offset });
  const refuse = (name: string, found: Annotation): void =>
    note(name, found, { kind: "not-of-release", problem: "it is passed over", fix: "" });
  const bounded = (name: string, most: number): Controlled<number> | undefined => {
    const found = annotations.get(`${prefix}${name}`);
    if (!found) return undefined;
    if (!limits || (name.endsWith("PacketBurst") && !limits.bursts)) {
      refuse(name, found);
      return undefined;
    }
    const value = quantityOf(found.text);
    const fix = `write a number, 1 to ${most}`;
    const quoted = JSON.stringify(found.text.slice(0, 40));
    if (value === undefined) {
      note(name, found, { kind: "invalid", problem: `${quoted} is no quantity, and it is passed over`, fix });
      return undefined;
    }
    const taken = Math.min(Math.max(value, 1), most);
    if (taken !== value) {
      const how = value < 1 ? "less than 1" : `more than ${most}`;
      note(name, found, { kind: "invalid", problem: `${quoted} is ${how}, and ${taken} is taken`, fix });
    }
    return { value: taken, offset: found.offset };
  };
  const direction = (of: "ingress" | "egress"): TrafficLimits => {
    const packetRate = bounded(`${of}PacketRate`, 10_000);
    const packetBurst = bounded(`${of}PacketBurst`, 10_000);
    const connections = bounded(`${of}MaxConnections`, 0xffffffff);
    if (packetBurst && !packetRate) {
      const problem = `it says nothing without ${of}PacketRate, and is passed over`;
      note(`${of}PacketBurst`, packetBurst, { kind: "invalid", problem, fix: `add ${prefix}${of}PacketRate` });
    }
    return {
      ...(packetRate && { packetRate }),
      packetBurst: packetBurst?.value ?? usualBurst,
      ...(connections && { connections }),
    };
  };
  const dscp = dscpControl(annotations, generation, note);
  const controls = { ingress: direction("ingress"), egress: direction("egress"), ...(dscp && { dscp }) };
  for (const [key, found] of annotations) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    if (name === undefined || known.includes(name)) continue;
    const near = suggest(name, known);
    const fix = near === undefined ? `annotations that limit or mark: ${known.join(", ")}` : `write ${prefix}${near}`;
    note(name, found, { kind: "unknown", problem: "", fix });
  }
  return { controls, mistakes };
}

/** Of a host endpoint only the mark is looked at. Source: Calico, libcalico-go/lib/backend/syncersv1/updateprocessors/hostendpointprocessor.go. */
export function hostControls(annotations: Annotations, generation: Generation): ReadControls {
  const mistakes: QosMistake[] = [];
  const dscp = dscpControl(annotations, generation, (name, { offset }, mistake) =>
    mistakes.push({ ...mistake, key: `${prefix}${name}`, offset }),
  );
  const none = { packetBurst: usualBurst };
  return { controls: { ingress: none, egress: none, ...(dscp && { dscp }) }, mistakes };
}

function dscpControl(
  annotations: Annotations,
  { statics }: Generation,
  note: (name: string, found: Annotation, mistake: Omit<QosMistake, "key" | "offset">) => void,
): Controlled<number> | undefined {
  const found = annotations.get(`${prefix}dscp`);
  if (!found) return undefined;
  if (!statics.dscp) {
    note("dscp", found, { kind: "not-of-release", problem: "it is passed over", fix: "" });
    return undefined;
  }
  const value = dscpOf(found.text);
  if (value !== undefined) return { value, offset: found.offset };
  const problem = `${JSON.stringify(found.text.slice(0, 40))} is no value of DSCP, and it is passed over`;
  note("dscp", found, {
    kind: "invalid",
    problem,
    fix: `write a number, 0 to 63, or ${Object.keys(dscpValues).join(", ")}`,
  });
  return undefined;
}
