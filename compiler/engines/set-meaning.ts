/** What the addresses in a set have in common, as an engine's name for the set says. */
export type SetMeaning =
  /** Pods of a namespace. */
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "all-namespaces" }
  /** Sets of the namespaces that carry a label; without `value`: the key, whatever its value. */
  | { readonly kind: "namespace-label"; readonly key: string; readonly value?: string }
  /** Pods, of all namespaces, that carry a label; without `value`: the key, whatever its value. */
  | { readonly kind: "pod-label"; readonly key: string; readonly value?: string }
  /** Sets of pods, one for each value of a label that a selector lists. */
  | { readonly kind: "pod-label-values" }
  /** Addresses with the number that each pod gives a port's name. */
  | { readonly kind: "named-port"; readonly name: string }
  /** An ipBlock of a policy. */
  | { readonly kind: "block" }
  /** What words describe: `pods labelled app=web in namespace shop`. */
  | { readonly kind: "described"; readonly words: string };
