import { expect, test } from "vitest";
import { diff } from "../../compiler/diff/diff.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { versionOf } from "./versions.js";

/** What is edited: object and field → what stands there before and after. */
const slots: Readonly<Record<string, readonly [before: string, after: string]>> = {
  "Namespace shop: metadata.labels.team": ["sales", "ops"],
  "Pod shop/web: metadata.labels.app": ["web", "front"],
  "NetworkPolicy shop/api: spec.ingress[0].ports[0].port": ["80", "443"],
  "NetworkPolicy shop/api: spec.ingress[0].from[0].podSelector.matchLabels.app": ["web", "front"],
  "NetworkPolicy shop/db: spec.podSelector.matchLabels.tier": ["back", "data"],
  "NetworkPolicy shop/db: spec.ingress[0].from[0].namespaceSelector.matchLabels.team": ["sales", "ops"],
};

/** The manifests, written by hand, with the fields in `made` as they are after. */
function manifests(made: (slot: string) => boolean): string {
  const [team, label, port, peer, tier, other] = Object.entries(slots).map(([slot, [old, young]]) =>
    made(slot) ? young : old,
  );
  return `kind: Namespace
apiVersion: v1
metadata: { name: shop, labels: { team: ${team} } }
---
kind: Pod
apiVersion: v1
metadata: { namespace: shop, name: web, labels: { app: ${label} } }
spec: { containers: [{ name: main, image: nginx }] }
---
kind: Pod
apiVersion: v1
metadata: { namespace: shop, name: api, labels: { app: api, tier: back } }
spec: { containers: [{ name: main, image: nginx }] }
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: api }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: ${peer} } } }]
      ports: [{ port: ${port} }]
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: db }
spec:
  podSelector: { matchLabels: { tier: ${tier} } }
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { team: ${other} } } }]
`;
}

/** Lines of the rules and sets of manifests. */
function linesOf(text: string): ReadonlySet<string> {
  const { tables } = versionOf(text).result;
  return new Set(`${printIptablesSave(tables)}${printIpsetSave(tables.sets)}`.split("\n"));
}

test("with just the named fields taken back in the text no rule, set or member differs that they are named for; with fewer it does", () => {
  const { edits, changes } = diff(versionOf(manifests(() => false)), versionOf(manifests(() => true)));
  const fields = edits.map(({ object, field }) => `${object}: ${field}`);
  expect(fields.toSorted()).toEqual(Object.keys(slots).toSorted());
  const old = linesOf(manifests(() => false));
  const young = linesOf(manifests(() => true));
  const differs = (line: string, reverted: readonly number[]) =>
    linesOf(manifests((slot) => !reverted.some((id) => fields[id] === slot))).has(line) !== old.has(line);

  const items = [
    ...[...changes.rules.added, ...changes.rules.removed].map((rule) => ({ line: rule.text, edits: rule.edits })),
    ...changes.sets.changed.flatMap((set) =>
      set.edits.length === 1
        ? [...set.added, ...set.removed].map((member) => ({ line: `add ${set.name} ${member}`, edits: set.edits }))
        : [],
    ),
    ...[...changes.sets.added, ...changes.sets.removed].map((set) => ({
      line: [...young, ...old].find((line) => line.startsWith(`create ${set.name} `))!,
      edits: set.edits,
    })),
  ];
  expect(items.length).toBeGreaterThan(10);
  for (const { line, edits: causes } of items) {
    expect(causes.length, line).toBeGreaterThan(0);
    expect(differs(line, causes), `${line} by ${causes.join(" ")}`).toBe(false);
    for (const cause of causes) {
      const fewer = causes.filter((each) => each !== cause);
      expect(differs(line, fewer), `${line} by ${causes.join(" ")} without ${cause}`).toBe(true);
    }
  }
});
