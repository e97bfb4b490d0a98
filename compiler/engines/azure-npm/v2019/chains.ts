import type { Direction } from "../../../pairs/pair-group.js";
import type { Match, Rule, Target } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";
import type { Entry } from "../kernel/entry.js";
import type { V2019Generation } from "./generation.js";

export const npmChain = "AZURE-NPM";
export const targetSetsChain = "AZURE-NPM-TARGET-SETS";
export const kubeSystem = "kube-system";

export function portChain(direction: Direction): string {
  return direction === "ingress" ? "AZURE-NPM-INGRESS-PORT" : "AZURE-NPM-EGRESS-PORT";
}

/** Where blocks and namespaces are looked up; pods too, where there is no chain of their own. */
export function peerChain(direction: Direction, { peerChains }: V2019Generation): string {
  const chain = direction === "ingress" ? "AZURE-NPM-INGRESS-FROM" : "AZURE-NPM-EGRESS-TO";
  return peerChains === "one" ? chain : `${chain}-NS`;
}

export function podChain(direction: Direction): string {
  return direction === "ingress" ? "AZURE-NPM-INGRESS-FROM-POD" : "AZURE-NPM-EGRESS-TO-POD";
}

/** In the order NPM makes and removes them. */
export function ownChains(generation: V2019Generation): readonly string[] {
  const of = (direction: Direction) => [
    portChain(direction),
    peerChain(direction, generation),
    ...(generation.peerChains === "one" ? [] : [podChain(direction)]),
  ];
  return [npmChain, ...of("ingress"), ...of("egress"), targetSetsChain];
}

export const forwardRule: Rule = {
  matches: [],
  target: { kind: "jump", to: npmChain },
  origin: { kind: "engine", reason: "hands every forwarded packet to Azure NPM" },
};

export const forwardEntry: Entry = {
  chain: "FORWARD",
  matches: [],
  target: forwardRule.target!,
  origin: forwardRule.origin!,
};

/** A step of the set-up: a chain, or a rule of AZURE-NPM. */
export type ChainStep = { readonly kind: "chain"; readonly chain: string } | RuleStep;

interface RuleStep {
  readonly kind: "rule";
  readonly entry: Entry;
  readonly first: boolean;
}

/** Source: Azure NPM 313878e8c (v1.0.21) and v1.0.13, npm/iptm/iptm.go, InitNpmChains. */
export function chainSteps(generation: V2019Generation, kernelName: (set: string) => string): readonly ChainStep[] {
  const rule = (matches: readonly Match[], to: string, reason: string, first = false): ChainStep => ({
    kind: "rule",
    first,
    entry: { chain: npmChain, matches, target: jump(to), origin: engine(reason) },
  });
  const system = (flags: string): ChainStep =>
    rule(
      [{ kind: "set", set: kernelName(kubeSystem), negated: false, flags }],
      "ACCEPT",
      `pods of ${kubeSystem} are let through in both directions`,
    );
  const [, ...chains] = ownChains(generation);
  return [
    { kind: "chain", chain: npmChain },
    { kind: "rule", first: true, entry: forwardEntry },
    rule([established], "ACCEPT", "packets of a connection that was allowed pass", true),
    ...(generation.kubeSystem === "always" ? [system("dst"), system("src")] : []),
    ...chains.flatMap((chain): ChainStep[] => {
      const step: ChainStep = { kind: "chain", chain };
      const reason = leads[chain];
      return reason === undefined ? [step] : [step, rule([], chain, reason)];
    }),
  ];
}

export function jump(to: string): Target {
  return { kind: "jump", to };
}

/** The chains that AZURE-NPM leads to, and why. */
const leads: Readonly<Record<string, string>> = {
  [portChain("ingress")]: "ingress is decided first",
  [portChain("egress")]: "egress is decided when ingress accepted nothing",
  [targetSetsChain]: "what nothing accepted is dropped if a policy selects the pod",
};

const established: Match = {
  kind: "connection-state",
  states: ["RELATED", "ESTABLISHED"],
  negated: false,
  extension: "state",
};

function engine(reason: string): Origin {
  return { kind: "engine", reason };
}
