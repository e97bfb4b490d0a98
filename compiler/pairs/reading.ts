/** How somebody understands a policy. Engines differ here between their releases. */
export interface Reading {
  /** A rule `{}` (all peers, all ports) stands for the whole direction: only when it is the lone rule, or beside others too. */
  readonly openRule: "lone" | "any";
  /** The ipBlock peers that get pairs: all, or only the first peer of a rule. */
  readonly ipBlockPeers: "all" | "first-peer";
  /** An ipBlock means its addresses; or (a defect of one period) every address there is. */
  readonly ipBlock: "addresses" | "everything";
}
