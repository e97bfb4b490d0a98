import fc from "fast-check";
import { expect, test } from "vitest";
import { arrivalEdits } from "../../compiler/diff/arrivals.js";
import { diff, type DiffVersion } from "../../compiler/diff/diff.js";
import { diffObjects, type ObjectsVersion } from "../../compiler/diff/edits/diff-objects.js";
import { mixtures } from "../../compiler/diff/mixture.js";
import { azureNpm } from "../../compiler/engines/azure-npm/azure-npm.js";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { tracerOf } from "../../compiler/simulate/tracer.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { textOf, versionOf, versionPairs } from "./versions.js";

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

/** Tables when all edits are made but some, of clusters so small that mixtures have every object. */
function mixer(before: DiffVersion, after: DiffVersion): (reverted: readonly number[]) => Tables | undefined {
  const versions = [before, after].map(({ result, fileOf }) => ({ objects: result.objects, fileOf })) as [
    ObjectsVersion,
    ObjectsVersion,
  ];
  const objects = diffObjects(...versions);
  const { tablesWith } = mixtures(...versions, objects, [], after.tablesOf);
  return (reverted) =>
    tablesWith(new Set(objects.edits.map(({ id }) => id).filter((edit) => !reverted.includes(edit))));
}

test("connections name the edits without which they neither open nor close, in clusters of any size, of every generation", () => {
  const many = Array.from({ length: 401 }, (_, n) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: `n${n}` },
  }));
  const filler = many.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
  let [named, unnamed] = [0, 0];
  fc.assert(
    fc.property(versionPairs, fc.constantFrom(...azureNpm.generations), ([before, after], generation) => {
      const texts = [textOf(before), textOf(after)] as const;
      const [old, young] = texts.map((text) => versionOf(text, { generation })) as [DiffVersion, DiffVersion];
      const [large, larger] = texts.map((text) => versionOf(`${text}\n---\n${filler}`, { generation })) as [
        DiffVersion,
        DiffVersion,
      ];
      const { lines, edits, changed } = diff(large, larger);
      expect(diff(old, young).edits.map(({ object, field }) => [object, field])).toEqual(
        edits.map(({ object, field }) => [object, field]),
      );
      const without = mixer(old, young);
      for (const line of lines) {
        // A pod that comes or goes is the cause, whatever rules say of its address.
        if (arrivalEdits(line, { edits, changed })) continue;
        if (line.edits.length === 0) {
          unnamed += 1;
          continue;
        }
        named += 1;
        const passes = (reverted: readonly number[]) =>
          tracerOf(without(reverted)!).trace(line.example.packet).verdict === "allow";
        expect(passes([])).toBe(line.what === "opened");
        expect(passes(line.edits)).toBe(line.what === "closed");
        for (const cause of line.edits) {
          expect(passes(line.edits.filter((each) => each !== cause))).toBe(line.what === "opened");
        }
      }
    }),
    { numRuns: 30 },
  );
  console.log(`${named} lines of connections name their edits, ${unnamed} none`);
  expect(named).toBeGreaterThan(15);
  expect(unnamed).toBeLessThan(named / 4);
}, 240_000);

test("of hundreds of edits each change names the one that makes it", () => {
  const policy = (n: number, port: number) => `kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: p${n} }
spec:
  podSelector: { matchLabels: { app: a${n} } }
  ingress: [{ from: [{ podSelector: { matchLabels: { tier: web } } }], ports: [{ port: ${port} }] }]
`;
  const texts = [80, 443].map((port) => Array.from({ length: 60 }, (_, n) => policy(n, port)).join("---\n"));
  const { edits, changes } = diff(versionOf(texts[0]!), versionOf(texts[1]!));
  expect(edits).toHaveLength(60);
  const rules = [...changes.rules.added, ...changes.rules.removed];
  expect(rules).toHaveLength(120);
  for (const { policy: its, edits: causes } of rules) {
    expect(causes.map((id) => edits[id]!.object)).toEqual([`NetworkPolicy ${its}`]);
  }
});
