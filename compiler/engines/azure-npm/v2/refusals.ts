import type { NetworkPolicy, Peer, PolicyRule } from "../../../model/objects.js";
import { leadingZeros } from "../../../model/cidr.js";
import { keyOf } from "../../../model/objects.js";
import { diagnostic, type Diagnostic } from "../../../text/diagnostic.js";
import { formatRelease } from "../release.js";
import type { Applied } from "./commands.js";
import type { V2Generation } from "./generation.js";
import type { SkipReason } from "./voices/voice.js";

/** What NPM can't do with a policy: whether and why it skips it as a whole, and what a user should know. */
export interface Refusals {
  /** Why it skips the policy; absent when it does not. */
  readonly skipped?: SkipReason;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Blocks and peers that a release refuses. A skipped policy keeps what an earlier version of it left in force.
 * Source: Azure NPM cbd7560cf, npm/pkg/controlplane/translation/translatePolicy.go; v1.4.23 by what it left in a kernel.
 */
export function refusals(policy: NetworkPolicy, generation: V2Generation): Refusals {
  if (generation.lite !== "cidr-only" && !hasBlocks(policy)) return nothingRefused;
  const diagnostics: Diagnostic[] = [];
  let skipped: Refusals["skipped"];
  for (const { type, rule, index } of enforcedRules(policy, generation)) {
    const list = type === "Ingress" ? "ingress" : "egress";
    const fieldOf = (rest: string) => `spec.${list}[${index}].${rest}`;
    const where = (offset: number, field: string) => ({
      location: { source: policy.source, offset },
      object: keyOf(policy),
      field,
    });
    rule.peers.forEach((peer, position) => {
      const refusal = refusePeer(peer, position, generation);
      if (!refusal) return;
      if (refusal.skips) skipped ??= skipReason(refusal, peer);
      const field = fieldOf(`${type === "Ingress" ? "from" : "to"}[${position}]`);
      diagnostics.push(
        diagnostic(
          refusal.code,
          { what: refusal.what, release: formatRelease(generation.release) },
          where(peer.offset, field),
        ),
      );
    });
    rule.ports.forEach((port, position) => {
      if (generation.lite !== "cidr-only" || typeof port.port !== "string") return;
      skipped ??= "named-port";
      const parameters = { what: `port ${port.port}`, release: formatRelease(generation.release) };
      diagnostics.push(
        diagnostic("npm-lite-skips-policy", parameters, where(port.offset, fieldOf(`ports[${position}]`))),
      );
    });
  }
  return { ...(skipped && { skipped }), diagnostics };
}

const nothingRefused: Refusals = { diagnostics: [] };

function hasBlocks({ ingress, egress }: NetworkPolicy): boolean {
  const withBlock = ({ peers }: PolicyRule) => peers.some(({ kind }) => kind === "ipBlock");
  return ingress.some(withBlock) || egress.some(withBlock);
}

/** Blocks of a policy that don't reach their sets, though ipset would take them. */
export function lostBlocks(policy: NetworkPolicy, { lost, gaveUp }: Applied, generation: V2Generation): Diagnostic[] {
  const release = formatRelease(generation.release);
  const blocks = lost.filter(
    ({ set, member }) => set.metadata.maxElements !== undefined && !member.endsWith(" nomatch"),
  );
  return [
    ...blocks.map(({ set: { origin }, member }) => {
      return diagnostic("npm-loses-block", { what: member, release }, origin.kind === "field" ? origin : {});
    }),
    ...(gaveUp ? [diagnostic("npm-gives-up-sets", { release }, wholePolicy(policy))] : []),
  ];
}

/** A policy that NPM does not enforce, since it can't fill the sets of another one, or its own. */
export function unreachedPolicy(policy: NetworkPolicy, stuckAt: string, generation: V2Generation): Diagnostic {
  const parameters = { stuckAt, release: formatRelease(generation.release) };
  return diagnostic("npm-never-comes-to-policy", parameters, wholePolicy(policy));
}

/** A policy whose rules iptables-restore does not take: NPM tries again and again, and never enforces it. */
export function refusedPolicy(policy: NetworkPolicy, answer: string, generation: V2Generation): Diagnostic {
  const parameters = { answer, release: formatRelease(generation.release) };
  return diagnostic("npm-policy-too-large", parameters, wholePolicy(policy));
}

function wholePolicy(policy: NetworkPolicy) {
  return { location: { source: policy.source, offset: policy.offset }, object: keyOf(policy), field: "spec" };
}

interface Refusal {
  readonly code:
    | "npm-skips-policy-ipv6"
    | "npm-skips-policy-zero-prefix"
    | "npm-skips-policy-leading-zeros"
    | "npm-reads-zeros-as-octal"
    | "npm-skips-block"
    | "npm-skips-exception"
    | "npm-retries-policy"
    | "npm-skips-peer"
    | "npm-lite-skips-policy";
  readonly what: string;
  readonly skips: boolean;
}

function skipReason({ code, what }: Refusal, peer: Peer): SkipReason {
  if (code === "npm-retries-policy") return { exception: what };
  return peer.kind === "pods" ? "selector" : "address";
}

function refusePeer(peer: Peer, position: number, generation: V2Generation): Refusal | undefined {
  if (peer.kind === "pods") {
    return generation.lite === "cidr-only"
      ? { code: "npm-lite-skips-policy", what: "a selector", skips: true }
      : undefined;
  }
  if (generation.reading.ipBlockPeers === "first-peer" && position > 0) {
    return { code: "npm-skips-peer", what: peer.cidr, skips: false };
  }
  const { badIpBlocks } = generation;
  const skipsIpv6 = badIpBlocks.ipv6 === "skip-policy";
  if (peer.cidr.includes(":")) {
    return { code: skipsIpv6 ? "npm-skips-policy-ipv6" : "npm-skips-block", what: peer.cidr, skips: skipsIpv6 };
  }
  const skipsZero = badIpBlocks.zeroPrefix === "skip-policy";
  if (/\/0+$/.test(peer.cidr) && peer.cidr !== "0.0.0.0/0") {
    const skips = skipsZero && !peer.cidr.startsWith("0.0.0.0/");
    return { code: skips ? "npm-skips-policy-zero-prefix" : "npm-skips-block", what: peer.cidr, skips };
  }
  // An exception that NPM can't read is found when the set is filled.
  const mapped = peer.except.find((block) => block.includes(":"));
  if (mapped !== undefined)
    return { code: skipsIpv6 ? "npm-retries-policy" : "npm-skips-exception", what: mapped, skips: skipsIpv6 };
  for (const block of [peer.cidr, ...peer.except]) {
    const { inAddress, inLength } = leadingZeros(block);
    if (!inAddress && !inLength) continue;
    // Go reads no such address; of lengths, NPM refuses all that begin with 0.
    const skips = (inAddress && skipsIpv6) || (inLength && skipsZero);
    if (skips && inAddress && block !== peer.cidr) return { code: "npm-retries-policy", what: block, skips };
    return { code: skips ? "npm-skips-policy-leading-zeros" : "npm-reads-zeros-as-octal", what: block, skips };
  }
  return undefined;
}

/** The rules that NPM looks at: those of the policy's types, none where a rule `{}` stands for the whole direction. */
function* enforcedRules(policy: NetworkPolicy, { reading }: V2Generation) {
  for (const type of new Set(policy.policyTypes)) {
    const rules: readonly PolicyRule[] = type === "Ingress" ? policy.ingress : policy.egress;
    const open = rules.some((rule) => rule.peers.length === 0 && rule.ports.length === 0);
    if (open && (reading.openRule === "any" || rules.length === 1)) continue;
    for (const [index, rule] of rules.entries()) yield { type, rule, index };
  }
}
