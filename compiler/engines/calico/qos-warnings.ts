import type { HostEndpoint } from "../../model/calico/objects.js";
import { keyOf, type Annotations, type Pod } from "../../model/objects.js";
import { resourceKey } from "../../model/resources.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Source } from "../../text/source.js";
import { hostControls, podControls, type QosControls, type QosMistake } from "./cluster/qos-controls.js";
import type { Generation } from "./generation.js";

/** Annotations of pods and host endpoints that do not limit or mark what they say; of a workload's pods each once. */
export function qosWarnings(
  pods: readonly Pod[],
  hosts: readonly HostEndpoint[],
  generation: Generation,
): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const add = (source: Source, object: string, mistakes: readonly QosMistake[]): void => {
    for (const mistake of mistakes) {
      const where = { location: { source, offset: mistake.offset }, object, field: "metadata.annotations" };
      const key = JSON.stringify([source.name, mistake.offset, mistake.key, mistake.problem]);
      if (!found.has(key)) found.set(key, asDiagnostic(mistake, generation, where));
    }
  };
  const read = (
    { annotations, source }: { readonly annotations?: Annotations; readonly source: Source },
    object: string,
    addresses: readonly string[],
    reader: typeof podControls,
  ): void => {
    if (!annotations) return;
    const { controls, mistakes } = reader(annotations, generation);
    add(source, object, [...mistakes, ...marksFirstAlone(controls, addresses)]);
  };
  for (const pod of pods) if (!pod.hostNetwork) read(pod, keyOf(pod), pod.addresses ?? [pod.ip], podControls);
  for (const host of hosts) read(host, resourceKey(host), host.expectedIPs, hostControls);
  return [...found.values()];
}

/** Of several addresses of one version of IP the first alone is marked: see `dscpRules`. */
function marksFirstAlone({ dscp }: QosControls, addresses: readonly string[]): readonly QosMistake[] {
  if (!dscp) return [];
  return [false, true].flatMap((isSix): readonly QosMistake[] => {
    const [first, ...others] = addresses.filter((each) => each.includes(":") === isSix);
    if (first === undefined || others.length === 0) return [];
    const problem = `of ${others.length + 1} addresses of IPv${isSix ? 6 : 4} it marks ${first} alone, for Felix takes the rules of the others away again`;
    return [
      {
        kind: "invalid",
        key: "qos.projectcalico.org/dscp",
        offset: dscp.offset,
        problem,
        fix: "give each address an endpoint of its own",
      },
    ];
  });
}

function asDiagnostic(
  { kind, key, problem, fix }: QosMistake,
  { release }: Generation,
  where: Parameters<typeof diagnostic>[2],
): Diagnostic {
  switch (kind) {
    case "unknown":
      return diagnostic("calico-qos-unknown", { key, fix }, where);
    case "invalid":
      return diagnostic("calico-qos-invalid", { key, problem, fix }, where);
    case "not-of-release":
      return diagnostic("calico-unknown-feature", { release, what: `the annotation ${key}`, effect: problem }, where);
  }
}
