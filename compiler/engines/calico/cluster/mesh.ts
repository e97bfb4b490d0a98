import { selectorOf } from "../../../model/calico/parse-selector.js";

/** The set of the addresses of all pods in Istio's mesh, on every node. */
export const meshSet = "all-istio-weps";

/** Those in it: by their own label, or by that of their namespace. Source: Calico pull request 11880, felix/calc/istio_calculator.go. */
export const inMesh = selectorOf(
  "pcns.istio.io/dataplane-mode == 'ambient' && istio.io/dataplane-mode != 'none' || istio.io/dataplane-mode == 'ambient'",
);
