import { keyOf, type Annotation, type Pod } from "../../model/objects.js";
import { diagnostic, type Diagnostic, type Where } from "../../text/diagnostic.js";
import { isEndpoint } from "./cluster/cluster.js";
import { floatingAddresses } from "./cluster/floating-addresses.js";
import { sourcePrefixes } from "./cluster/source-prefixes.js";
import type { Generation } from "./generation.js";
import type { FelixSettings } from "./settings.js";

/**
 * Why Felix treats a pod as missing though it runs; undefined: it does not. Source: Calico a0db560f0520, felix/calc/validation_filter.go; a pod
 * that can't be converted is left out, too.
 */
export function podRefusal(pod: Pod, felix: FelixSettings, generation: Generation): Diagnostic | undefined {
  return unreadableFloating(pod, generation) ?? sourcesRefusal(pod, felix, generation);
}

function unreadableFloating(pod: Pod, generation: Generation): Diagnostic | undefined {
  const { release, conversion } = generation;
  if (!conversion.leavesOutUnreadable || !isEndpoint(pod, generation)) return undefined;
  const asked = floatingAddresses(pod, generation);
  if (!asked || !("problem" in asked)) return undefined;
  const { key, written, problem, fix } = asked;
  return diagnostic("calico-annotation-invalid", { key, problem, fix, release }, placeOf(pod, written));
}

function sourcesRefusal(pod: Pod, felix: FelixSettings, { release, statics }: Generation): Diagnostic | undefined {
  if (statics.reversePathSkip === undefined) return undefined;
  const asked = sourcePrefixes(pod);
  if (!asked) return undefined;
  const where = placeOf(pod, asked.written);
  if ("problem" in asked) {
    const { key, problem, fix } = asked;
    return diagnostic("calico-annotation-invalid", { key, problem, fix, release }, where);
  }
  return felix.sourceSpoofing ? undefined : diagnostic("calico-sources-not-allowed", { release }, where);
}

/** Of a pod on the node, a block that Felix can't write into the table of the other version of IP. */
export function breakingSource(pod: Pod, felix: FelixSettings, generation: Generation): Diagnostic | undefined {
  const { release, statics } = generation;
  if (statics.reversePathSkip !== "both-versions" || !felix.sourceSpoofing) return undefined;
  const asked = sourcePrefixes(pod);
  if (!asked || "problem" in asked) return undefined;
  const block = asked.blocks.find((each) => felix.ipv6 || each.includes(":"));
  if (block === undefined) return undefined;
  const other = block.includes(":") ? "4" : "6";
  return diagnostic("calico-sources-of-other-version", { block, other, release }, placeOf(pod, asked.written));
}

function placeOf(pod: Pod, { offset }: Annotation): Where {
  return { location: { source: pod.source, offset }, object: keyOf(pod), field: "metadata.annotations" };
}
