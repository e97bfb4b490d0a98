import fc from "fast-check";
import { expect, test } from "vitest";
import { selects } from "../../compiler/model/selector.js";
import { summarize } from "../../compiler/model/summary.js";
import { admitText, policy } from "./said.js";

const pod = (name: string, labels = "{}"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ns1, labels: ${labels}}\nspec: {containers: [{}]}\n`;

function summary(...texts: readonly string[]): readonly string[] {
  return summarize(admitText(texts.join("---\n")));
}

test("what was read is counted, and what was skipped", () => {
  const service = "apiVersion: v1\nkind: Service\n";
  expect(summary(policy("{}"), pod("a"), pod("b"), service, "apiVersion: v1\nkind: ConfigMap\n", service)).toEqual([
    "1 policy, 2 pods, 0 namespaces",
    "skipped: 2 Service, 1 ConfigMap",
  ]);
});

test("pods of workloads are told apart", () => {
  const deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec: {replicas: 3, template: {spec: {containers: [{}]}}}\n";
  expect(summary(deployment, pod("a"))).toEqual(["0 policies, 4 pods (3 made of workloads), 0 namespaces"]);
});

test("a policy that selects no pod of its namespace deserves a look", () => {
  const texts = [
    policy("{podSelector: {matchLabels: {app: web}}}"),
    policy("{}", "name: q, namespace: ns1"),
    policy("{}", "name: r, namespace: other"),
  ];
  expect(summary(...texts, pod("a", "{app: db}")).slice(1)).toEqual(["ns1/p selects no pod", "other/r selects no pod"]);
});

test("many of them are counted", () => {
  const texts = Array.from({ length: 12 }, (_, i) => policy("{}", `name: p${i}`));
  const lines = summary(...texts);
  expect(lines.length).toBe(12);
  expect(lines.at(-1)).toBe("2 more policies select no pod");
});

test("a kind that would steer a terminal is made harmless", () => {
  expect(summary('apiVersion: x.io/v1\nkind: "a\\e[31m"\n')[1]).toBe("skipped: 1 a??31m");
});

test("the index finds the same policies as looking at every pod", () => {
  const key = fc.constantFrom("a", "b");
  const value = fc.constantFrom("x", "y", "z");
  const labels = fc.dictionary(key, value, { maxKeys: 2 });
  const requirement = fc.oneof(
    fc.record({
      key,
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.array(value, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
  );
  const selector = fc.record({ matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) });
  fc.assert(
    fc.property(
      fc.array(labels, { minLength: 9, maxLength: 12 }),
      fc.array(selector, { minLength: 1, maxLength: 5 }),
      (pods, selectors) => {
        const admission = admitText(
          [
            ...pods.map((of, i) => pod(`pod-${i}`, JSON.stringify(of))),
            ...selectors.map((of, i) => policy(`{podSelector: ${JSON.stringify(of)}}`, `name: p${i}, namespace: ns1`)),
          ].join("---\n"),
        );
        const idle = admission.objects.flatMap((object) => {
          if (object.kind !== "NetworkPolicy") return [];
          const some = admission.objects.some(
            (other) => other.kind === "Pod" && selects(object.podSelector, other.labels),
          );
          return some ? [] : [`ns1/${object.name} selects no pod`];
        });
        expect(summarize(admission).slice(1)).toEqual(idle);
      },
    ),
    { numRuns: 50 },
  );
});
