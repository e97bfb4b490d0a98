import type { Namespace, Pod } from "../../../../model/objects.js";
import type { LogFacts } from "../../../log-entry.js";
import { goMap } from "../../log-lines.js";

/** The node that the pod's object names; a pod without a status stands for one that runs on the node of the log. */
export function nodeOf({ nodeName, phase }: Pod, facts: LogFacts): string {
  return nodeName !== "" || phase !== "" ? nodeName : facts.nodeName;
}

/** The phase that the pod's object has; a pod without a status stands for one that runs. */
export function phaseOf({ phase }: Pod): string {
  return phase === "" ? "Running" : phase;
}

/** As releases before v1.4 print a namespace. */
export function namespaceText({ name, labels }: Pick<Namespace, "name" | "labels">): string {
  return `ns-${name}/${goMap(labels)}`;
}

/** As releases before v1.4 print a pod that changes. */
export function podText(pod: Pod): string {
  const { namespace, name, labels, ip } = pod;
  return `${namespace}/${name}/${goMap(labels)}/${phaseOf(pod)}/${ip}`;
}
