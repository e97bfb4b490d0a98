import type { Namespace, Pod } from "../../model/objects.js";
import type { IgnoredPod } from "./ignored-pods.js";

/** NPM's view of pods and namespaces: it keeps the sets that do not depend on policies. */
export interface Cluster {
  applyNamespace(namespace: Namespace): void;
  deleteNamespace(name: string): void;
  applyPod(pod: Pod): void;
  /** `namespace/name` */
  deletePod(key: string): void;
  /** Every namespace NPM has heard of goes to the list of all; false when that fails and NPM gives up. */
  listAllNamespaces(): boolean;
  ignoredPods(): Pod[];
  reasonToIgnore(pod: Pod): IgnoredPod | undefined;
}
