import type { Quirk } from "../quirk.js";
import { has, type Release } from "../release.js";

/** Quirks that came or went within the span of a generation: the first release with them, and the first without. */
const spans: Readonly<Record<string, { readonly since?: string; readonly before?: string }>> = {
  "finished-pods-stay": { since: "v1.0.29" },
  "drop-ends-peer-chain": { since: "v1.0.30" },
  "kube-system-let-through": { before: "v1.0.30" },
  "labels-in-every-namespace": { before: "v1.0.32" },
  "egress-named-port-is-source": { since: "v1.1.1" },
  "state-rule-is-last": { since: "v1.1.4" },
  "jump-by-first-digit": { since: "v1.1.4", before: "v1.4.16" },
  "blocks-share-a-set": { since: "v1.1.5" },
  "later-block-forgotten": { since: "v1.1.5" },
  "ipv6-block-is-empty": { since: "v1.1.5" },
  "exceptions-are-drops": { since: "v1.0.31", before: "v1.1.5" },
  "in-is-and": { before: "v1.4.5" },
  "namespace-not-in-is-or": { since: "v1.4.5" },
  "lists-of-one-key-merge": { since: "v1.4.5" },
  "lists-are-left-behind": { since: "v1.4.5" },
  "nested-order-is-random": { since: "v1.4.5" },
  "unfinished-policy-is-taken-back": { before: "v1.4.12" },
  "unfinished-policy-counts-as-done": { since: "v1.4.12" },
  "new-connections-only": { since: "v1.4.16" },
};

/** Those that a release has. */
export function quirksOfRelease(release: Release, quirks: readonly Quirk[]): readonly Quirk[] {
  return quirks.filter(({ name }) => {
    const { since, before } = spans[name] ?? {};
    return (since === undefined || has(release, since)) && (before === undefined || !has(release, before));
  });
}
