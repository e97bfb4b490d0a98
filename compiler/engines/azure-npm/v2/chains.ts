import type { Direction } from "../../../pairs/pair-group.js";
import type { Match, Rule, Target } from "../../../netfilter/tables.js";
import type { Mark, V2Generation } from "./generation.js";

export const npmChain = "AZURE-NPM";
export const allowMarkChain = "AZURE-NPM-INGRESS-ALLOW-MARK";
export const acceptChain = "AZURE-NPM-ACCEPT";

/** Creation order. Source: Azure NPM cbd7560cf, npm/pkg/dataplane/policies/chain-management_linux.go. */
export const baseChains = [npmChain, "AZURE-NPM-INGRESS", allowMarkChain, "AZURE-NPM-EGRESS", acceptChain] as const;

/** AZURE-NPM-INGRESS or AZURE-NPM-EGRESS. */
export function directionChain(direction: Direction): string {
  return `AZURE-NPM-${direction.toUpperCase()}`;
}

/** The one rule outside NPM's own chains: new connections only. */
export const forwardJump: Rule = {
  matches: [{ kind: "connection-state", states: ["NEW"], negated: false }],
  target: { kind: "jump", to: npmChain },
  origin: { kind: "engine", reason: "hands every new forwarded connection to Azure NPM" },
};

/** A rule of a base chain, and the words NPM itself writes for it. */
export interface BaseRule {
  readonly chain: string;
  readonly rule: Rule;
}

/** The rules that are there from the start, in the order of NPM's boot file; those of AZURE-NPM come with the first policy. */
export function bootRules(generation: V2Generation): readonly BaseRule[] {
  const { ingressAllow, ingressDrop, egressDrop } = generation.marks;
  const rule = (chain: string, target: Target, reason: string, matches: readonly Match[] = []): BaseRule => ({
    chain,
    rule: { matches, target, origin: { kind: "engine", reason } },
  });
  return [
    rule(
      directionChain("ingress"),
      jump("DROP"),
      "no ingress rule allowed the packet, and a policy selects its destination",
      marked(ingressDrop, "DROP-ON-INGRESS-DROP-MARK"),
    ),
    rule(
      allowMarkChain,
      setMark(ingressAllow),
      "remembers that ingress is allowed while egress is decided",
      comment(`SET-INGRESS-ALLOW-MARK-${formatMark(ingressAllow)}`),
    ),
    rule(allowMarkChain, jump(directionChain("egress")), "ingress is allowed, so egress is decided next"),
    rule(
      directionChain("egress"),
      jump("DROP"),
      "no egress rule allowed the packet, and a policy selects its source",
      marked(egressDrop, "DROP-ON-EGRESS-DROP-MARK"),
    ),
    rule(
      directionChain("egress"),
      jump(acceptChain),
      "ingress was allowed and no egress policy objects",
      marked(ingressAllow, "ACCEPT-ON-INGRESS-ALLOW-MARK"),
    ),
    ...(generation.clearsMarks
      ? [
          rule(
            acceptChain,
            { kind: "set-mark", value: 0, mask: 0xffffffff },
            "leaves no mark behind on an accepted packet",
            comment("CLEAR-AZURE-NPM-MARKS"),
          ),
        ]
      : []),
    rule(acceptChain, jump("ACCEPT"), "every decision to let a packet pass ends here"),
  ];
}

/** What AZURE-NPM holds while at least one policy is in force. */
export const activeRules: readonly BaseRule[] = (
  [
    [directionChain("ingress"), "ingress policies decide first"],
    [directionChain("egress"), "egress policies decide what ingress left open"],
    [acceptChain, "no policy selects the source or the destination"],
  ] as const
).map(([to, reason]) => ({
  chain: npmChain,
  rule: { matches: [], target: jump(to), origin: { kind: "engine", reason } },
}));

export function jump(to: string): Target {
  return { kind: "jump", to };
}

export function setMark(mark: Mark): Target {
  return { kind: "set-mark", ...mark };
}

export function comment(text: string): readonly Match[] {
  return [{ kind: "comment", text }];
}

function marked(mark: Mark, text: string): readonly Match[] {
  return [{ kind: "mark", ...mark, negated: false }, ...comment(`${text}-${formatMark(mark)}`)];
}

/** `0x400/0x400`; `0x4000` for a whole mark. */
export function formatMark({ value, mask }: Mark): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
