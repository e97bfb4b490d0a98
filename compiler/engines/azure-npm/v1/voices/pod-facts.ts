import type { Pod } from "../../../../model/objects.js";
import type { LogFacts } from "../../../log-entry.js";

/** The node that the pod's object names; a pod without a status stands for one that runs on the node of the log. */
export function nodeOf({ nodeName, phase }: Pod, facts: LogFacts): string {
  return nodeName !== "" || phase !== "" ? nodeName : facts.nodeName;
}

/** The phase that the pod's object has; a pod without a status stands for one that runs. */
export function phaseOf({ phase }: Pod): string {
  return phase === "" ? "Running" : phase;
}
