import fc from "fast-check";
import { dump, load } from "js-yaml";
import { expect, test } from "vitest";
import { compile, convert, isError, printObjects, printRule, validate, type Tables } from "../compiler/index.js";
import { clusters, type Manifest } from "./agreement/clusters.js";

test.each(["calico", "calico-3.29", "calico-3.24", "calico-2019"])(
  "what %s makes of policies of Kubernetes compiles to the same rules as they do, but for names, and is valid",
  (generation) => {
    fc.assert(
      fc.property(clusters, (manifests) => {
        const text = printed(manifests);
        const { objects } = convert([{ name: "policies.yaml", text }], { generation });
        fc.pre(objects !== undefined && objects.length > 0);
        const converted = printObjects(objects, "yaml");
        expect(validate([{ name: "converted.yaml", text: converted }]).diagnostics.filter(isError)).toEqual([]);
        expect(load(converted)).toEqual(JSON.parse(printObjects(objects, "json")));
        const others = printed(manifests.filter(({ kind }) => kind !== "NetworkPolicy"));
        const [before, after] = [text, `${others}---\n${converted}`].map((each) => rulesOf(each, generation));
        expect(after).toEqual(before);
      }),
      { numRuns: 40, seed: 3 },
    );
  },
  120_000,
);

test("a policy alone is printed alone, several as a list", () => {
  const policy = (name: string): Manifest => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: "shop" },
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 90 }, { port: "http" }] }] },
  });
  const printedAs = (manifests: readonly Manifest[], format: "yaml" | "json"): string =>
    printObjects(convert([{ name: "a.yaml", text: printed(manifests) }], { generation: "v3.28.0" }).objects!, format);
  expect(printedAs([policy("a")], "yaml")).toBe(`apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  creationTimestamp: null
  name: knp.default.a
  namespace: shop
spec:
  ingress:
  - action: Allow
    destination:
      ports:
      - http
      - 80:90
    protocol: TCP
    source: {}
  order: 1000
  selector: projectcalico.org/orchestrator == 'k8s'
  types:
  - Ingress
`);
  expect(JSON.parse(printedAs([policy("a"), policy("b")], "json"))).toMatchObject({
    kind: "List",
    items: [{ metadata: { name: "knp.default.a" } }, { metadata: { name: "knp.default.b" } }],
  });
});

function printed(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => dump(manifest)).join("---\n");
}

/** The rules that packets meet from each chain that is not a policy's, and the sets. */
function rulesOf(text: string, generation: string): object {
  const { result, diagnostics } = compile([{ name: "cluster.yaml", text }], { engine: "calico", generation });
  expect(diagnostics.filter(isError)).toEqual([]);
  const tables: Tables = result!.tables;
  const chains = new Map(tables.chains.map((chain) => [chain.name, chain.rules]));
  const rulesFrom = (name: string): readonly string[] =>
    (chains.get(name) ?? []).flatMap((rule) => {
      const { target } = rule;
      const matches = rule.matches.filter(({ kind }) => kind !== "comment");
      const isNamed = target?.kind === "jump" && /^cali-[pg][io]-/.test(target.to);
      if (!isNamed) return [printRule({ ...rule, matches })];
      return [printRule({ ...rule, matches, target: { kind: "jump", to: "policy" } }), ...rulesFrom(target.to)];
    });
  const roots = [...chains.keys()].filter((name) => !/^cali-[pg][io]-/.test(name));
  return {
    rules: roots.map((name) => [name, rulesFrom(name)]),
    sets: tables.sets.map(({ name, members }) => [name, members]),
  };
}
