import type { ClusterNames } from "../event-cluster.js";
import { allNamespaces } from "./translate.js";

/** Names since v1.0.27; a pod label `ns-x` and the namespace x share one. */
export const clusterNames: ClusterNames = {
  namespace: (name) => `ns-${name}`,
  podLabel: (key, value) => [key, `${key}:${value}`],
  namespaceLabel: (key, value) => [`ns-${key}`, `ns-${key}:${value}`],
  allNamespaces,
};
