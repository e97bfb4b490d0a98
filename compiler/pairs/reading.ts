/** As the specification says. */
export const specificationReading: Reading = {
  openRule: "any",
  ipBlockPeers: "all",
  ipBlock: "addresses",
  labels: "all",
  expressions: "count",
  values: "alternatives",
  namespaceNotIn: "none",
  namespaceNegations: "pods",
  repetitions: "once",
  podSelector: "own-namespace",
  bothSelectors: "and",
  ports: "own-peers",
  isolation: "policy-types",
};

/** How somebody understands a policy. Engines differ here between their releases. */
export interface Reading {
  /**
   * A rule `{}` (all peers, all ports) stands for the whole direction only when it is the lone rule ("lone": beside others
   * it means nothing), beside others too ("any"), or it is one more rule, and leaves nothing disallowed when it is the lone
   * one ("one-more").
   */
  readonly openRule: "lone" | "any" | "one-more";
  /** The ipBlock peers that get pairs: all, or only the first peer of a rule. */
  readonly ipBlockPeers: "all" | "first-peer";
  /** An ipBlock means its addresses; or (a defect of one period) every address there is. */
  readonly ipBlock: "addresses" | "everything";
  /** Labels of one selector: all of them must be there, or any. */
  readonly labels: "all" | "any";
  /** matchExpressions count; or they are taken for not written. */
  readonly expressions: "count" | "ignored";
  /** Several values of one expression are alternatives; or each is a requirement of its own. */
  readonly values: "alternatives" | "requirements";
  /** Of several values of a NotIn of a namespaceSelector, a namespace may have none ("none"); or one it does not have is enough ("not-all"). */
  readonly namespaceNotIn: "none" | "not-all";
  /** A namespaceSelector of negations alone means pods; or every address that is not in the sets, outside the cluster too. */
  readonly namespaceNegations: "pods" | "every-address";
  /** A requirement that a selector repeats counts once; or as often as it is written. */
  readonly repetitions: "once" | "kept";
  /** Where a selector with labels finds its pods: in the policy's namespace; or, for subjects and pod peers alike, in every namespace. */
  readonly podSelector: "own-namespace" | "every-namespace";
  /** A peer with both selectors: pods that meet both, or either; or the peer is passed over. */
  readonly bothSelectors: "and" | "or" | "ignored";
  /** A rule's ports go with its own peers; or with the peers of every rule of the direction. */
  readonly ports: "own-peers" | "all-peers";
  /** What is disallowed in the end: what the policy's types say; or always both directions of its subjects. */
  readonly isolation: "policy-types" | "both";
  /** A namespace whose pods may talk to every subject, and be talked to, whatever the rules say. */
  readonly exempt?: string;
}
