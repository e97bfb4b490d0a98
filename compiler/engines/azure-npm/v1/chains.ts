import type { Direction } from "../../../pairs/pair-group.js";
import type { Match, Rule, Target } from "../../../netfilter/tables.js";
import type { MarkMeaning } from "../../engine.js";
import type { Origin } from "../../../text/origin.js";
import type { Entry } from "../kernel/entry.js";
import type { V1Generation } from "./generation.js";

export const npmChain = "AZURE-NPM";
export const targetSetsChain = "AZURE-NPM-TARGET-SETS";
export const kubeSystemChain = "AZURE-NPM-KUBE-SYSTEM";

/** Rules with ports, and those that open a direction. */
export function portChain(direction: Direction): string {
  return direction === "ingress" ? "AZURE-NPM-INGRESS-PORT" : "AZURE-NPM-EGRESS-PORT";
}

/** Rules without ports. */
export function peerChain(direction: Direction): string {
  return direction === "ingress" ? "AZURE-NPM-INGRESS-FROM" : "AZURE-NPM-EGRESS-TO";
}

export function dropsChain(direction: Direction): string {
  return direction === "ingress" ? "AZURE-NPM-INGRESS-DROPS" : "AZURE-NPM-EGRESS-DROPS";
}

/** The rule of FORWARD. */
export function forwardEntry({ newConnectionsOnly }: Pick<V1Generation, "newConnectionsOnly">): Entry {
  const states: Match = { kind: "connection-state", states: ["NEW"], negated: false };
  return {
    chain: "FORWARD",
    matches: [],
    target: jump(npmChain),
    after: newConnectionsOnly ? [states] : [],
    origin: {
      kind: "engine",
      reason: `hands every ${newConnectionsOnly ? "new forwarded connection" : "forwarded packet"} to Azure NPM`,
    },
  };
}

/** The jump as a rule, for whoever has to find it. */
export function forwardRule(generation: Pick<V1Generation, "newConnectionsOnly">): Rule {
  const { after = [], target, origin } = forwardEntry(generation);
  return { matches: after, target, origin };
}

/** What is done when the first policy comes, in order. */
export type ChainStep =
  | { readonly kind: "chain"; readonly chain: string }
  | { readonly kind: "place-jump" }
  /** Added unless it is there: at the end, or (the state rule of older releases) first. */
  | { readonly kind: "rule"; readonly entry: Entry; readonly first?: boolean };

/** Source: Azure NPM v1.4.9, npm/iptm/{iptm,helper}.go; v1.2.2 and v1.0.30, npm/iptm/iptm.go, InitNpmChains. */
export function chainSteps(generation: V1Generation): readonly ChainStep[] {
  if (generation.chains === "marks") return markedSteps;
  const state: ChainStep = {
    kind: "rule",
    entry: {
      chain: npmChain,
      matches: [established],
      target: jump("ACCEPT"),
      origin: engine("packets of a connection that was allowed pass"),
    },
    ...(generation.stateRule === "first" && { first: true }),
  };
  const lead = (to: string, reason: string): ChainStep => ({ kind: "rule", entry: base(npmChain, jump(to), reason) });
  return [
    { kind: "chain", chain: npmChain },
    { kind: "place-jump" },
    ...(generation.stateRule === "first" ? [state] : []),
    ...(generation.exemptsKubeSystem ? kubeSystemSteps : []),
    { kind: "chain", chain: portChain("ingress") },
    lead(portChain("ingress"), "ingress is decided first"),
    { kind: "chain", chain: peerChain("ingress") },
    { kind: "chain", chain: portChain("egress") },
    lead(portChain("egress"), "egress is decided when ingress accepted nothing"),
    { kind: "chain", chain: peerChain("egress") },
    { kind: "chain", chain: targetSetsChain },
    lead(targetSetsChain, "what nothing accepted is dropped if a policy selects the pod"),
    ...(generation.stateRule === "first" ? [] : [state]),
  ];
}

/** The chains that go with the last policy, and those of releases before, in order. */
export function removedChains(generation: V1Generation): readonly string[] {
  const common = [npmChain];
  const ports = [portChain("ingress"), peerChain("ingress"), portChain("egress"), peerChain("egress")];
  switch (generation.chains) {
    case "marks":
      return [...markedChains, targetSetsChain, "AZURE-NPM-INRGESS-DROPS"];
    case "target-sets":
      return [...common, ...ports, targetSetsChain];
    case "merged":
      return [
        ...common,
        kubeSystemChain,
        ...ports,
        targetSetsChain,
        "AZURE-NPM-INGRESS-FROM-NS",
        "AZURE-NPM-INGRESS-FROM-POD",
        "AZURE-NPM-EGRESS-TO-NS",
        "AZURE-NPM-EGRESS-TO-POD",
      ];
  }
}

export function jump(to: string): Target {
  return { kind: "jump", to };
}

export function comment(text: string): Match {
  return { kind: "comment", text };
}

/** What allows a packet in one direction. */
export function allowTarget(direction: Direction, { chains }: V1Generation): Target {
  if (chains !== "marks") return jump("ACCEPT");
  return direction === "ingress" ? ingressMark : egressMark;
}

const ingressMark: Target = { kind: "set-mark", value: 0x2000, mask: 0xffffffff };
const egressMark: Target = { kind: "set-mark", value: 0x1000, mask: 0x1000 };

export const markMeanings: readonly MarkMeaning[] = [
  { value: 0x2000, means: "ingress is allowed" },
  { value: 0x1000, means: "egress is allowed" },
];

const established: Match = {
  kind: "connection-state",
  states: ["RELATED", "ESTABLISHED"],
  negated: false,
  extension: "state",
};

function engine(reason: string): Origin {
  return { kind: "engine", reason };
}

/** A rule of a base chain; NPM writes its target first. */
function base(chain: string, target: Target, reason: string, after: readonly Match[] = []): Entry {
  return { chain, matches: [], target, after, origin: engine(reason) };
}

function marked(value: number, text: string): readonly Match[] {
  return [{ kind: "mark", value, mask: 0xffffffff, negated: false }, comment(text)];
}

const acceptChain = "AZURE-NPM-ACCEPT";
const ingressChain = "AZURE-NPM-INGRESS";
const egressChain = "AZURE-NPM-EGRESS";

const markedChains = [
  npmChain,
  acceptChain,
  ingressChain,
  egressChain,
  portChain("ingress"),
  peerChain("ingress"),
  portChain("egress"),
  peerChain("egress"),
  dropsChain("ingress"),
  dropsChain("egress"),
];

const ingressReturn = (chain: string) =>
  base(chain, jump("RETURN"), "ingress is allowed already", marked(0x2000, "RETURN-on-INGRESS-mark-0x2000"));
const bothReturn = (chain: string) =>
  base(
    chain,
    jump("RETURN"),
    "ingress and egress are allowed already",
    marked(0x3000, "RETURN-on-EGRESS-and-INGRESS-mark-0x3000"),
  );
const egressReturn = (chain: string) =>
  base(chain, jump("RETURN"), "egress is allowed already", marked(0x1000, "RETURN-on-EGRESS-mark-0x1000"));

const markedRules: readonly Entry[] = [
  base(npmChain, jump(ingressChain), "ingress is decided first"),
  base(npmChain, jump(egressChain), "egress is decided next"),
  base(
    npmChain,
    jump(acceptChain),
    "both directions were allowed",
    marked(0x3000, "ACCEPT-on-INGRESS-and-EGRESS-mark-0x3000"),
  ),
  base(
    npmChain,
    jump(acceptChain),
    "ingress was allowed, and no egress policy objects",
    marked(0x2000, "ACCEPT-on-INGRESS-mark-0x2000"),
  ),
  base(
    npmChain,
    jump(acceptChain),
    "egress was allowed, and no ingress policy objects",
    marked(0x1000, "ACCEPT-on-EGRESS-mark-0x1000"),
  ),
  {
    chain: npmChain,
    matches: [established],
    target: jump("ACCEPT"),
    after: [comment("ACCEPT-on-connection-state")],
    origin: engine("packets of a connection that was allowed pass"),
  },
  base(acceptChain, { kind: "set-mark", value: 0, mask: 0xffffffff }, "leaves no mark behind on an accepted packet", [
    comment("Clear-AZURE-NPM-MARKS"),
  ]),
  base(acceptChain, jump("ACCEPT"), "every decision to let a packet pass ends here", [comment("ACCEPT-All-packets")]),
  base(ingressChain, jump(portChain("ingress")), "looks for an ingress rule that allows the packet"),
  ingressReturn(ingressChain),
  base(ingressChain, jump(dropsChain("ingress")), "no ingress rule allowed the packet"),
  ingressReturn(portChain("ingress")),
  base(portChain("ingress"), jump(peerChain("ingress")), "rules with ports come before those without", [
    comment("ALL-JUMP-TO-AZURE-NPM-INGRESS-FROM"),
  ]),
  base(egressChain, jump(portChain("egress")), "looks for an egress rule that allows the packet"),
  bothReturn(egressChain),
  egressReturn(egressChain),
  base(egressChain, jump(dropsChain("egress")), "no egress rule allowed the packet"),
  bothReturn(portChain("egress")),
  egressReturn(portChain("egress")),
  base(portChain("egress"), jump(peerChain("egress")), "rules with ports come before those without", [
    comment("ALL-JUMP-TO-AZURE-NPM-EGRESS-TO"),
  ]),
  ingressReturn(dropsChain("ingress")),
  bothReturn(dropsChain("egress")),
  egressReturn(dropsChain("egress")),
];

const kubeSystemSteps: readonly ChainStep[] = [
  { kind: "chain", chain: kubeSystemChain },
  {
    kind: "rule",
    entry: base(npmChain, jump(kubeSystemChain), "kube-system is let through before policies are asked"),
  },
];

const markedSteps: readonly ChainStep[] = [
  ...markedChains.map((chain): ChainStep => ({ kind: "chain", chain })),
  { kind: "place-jump" },
  ...markedRules.map((entry): ChainStep => ({ kind: "rule", entry })),
];
