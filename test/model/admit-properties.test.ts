import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Document, Value } from "../../compiler/manifest/value.js";
import { admit } from "../../compiler/model/admit.js";
import { versionOfKind } from "../../compiler/model/kinds.js";
import { isError } from "../../compiler/text/diagnostic.js";
import { admitText } from "./said.js";
import { toStored } from "./to-stored.js";

const token = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,10}[A-Za-z0-9])?$/);
const dnsName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);
const labelKey = fc.oneof(
  token,
  fc.tuple(dnsName, token).map(([domain, name]) => `${domain}.io/${name}`),
);
const labelValue = fc.oneof(fc.constant(""), token);
const matchLabels = fc.dictionary(labelKey, labelValue, { minKeys: 1, maxKeys: 3 });
const requirement = fc.oneof(
  fc.record({
    key: labelKey,
    operator: fc.constantFrom("In", "NotIn"),
    values: fc.array(labelValue, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: labelKey, operator: fc.constantFrom("Exists", "DoesNotExist") }),
);
const selector = fc.record(
  { matchLabels, matchExpressions: fc.array(requirement, { minLength: 1, maxLength: 2 }) },
  { requiredKeys: [] },
);
const octet = fc.nat(255);
const ipBlock = fc.oneof(
  octet.map((first) => ({ cidr: `${first}.0.0.0/8`, except: [`${first}.1.0.0/16`, `${first}.1.2.3/32`] })),
  octet.map((last) => ({ cidr: `10.0.0.${last}/32` })),
  fc.constant({ cidr: "2001:db8::/32" }),
);
const peer = fc.oneof(
  fc.record({ ipBlock }),
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
);
const protocol = fc.constantFrom("TCP", "UDP", "SCTP");
const portName = fc.stringMatching(/^[a-z]([a-z0-9]{0,6}(-[a-z0-9]{1,4})?)$/);
const port = fc.oneof(
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.oneof(fc.integer({ min: 1, max: 65535 }), portName) }),
  fc.record({ protocol, port: fc.integer({ min: 1, max: 100 }), endPort: fc.integer({ min: 100, max: 65535 }) }),
);
const rules = (peers: string): fc.Arbitrary<unknown> =>
  fc.array(
    fc.record(
      {
        [peers]: fc.array(peer, { minLength: 1, maxLength: 3 }),
        ports: fc.array(port, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    { minLength: 1, maxLength: 3 },
  );
const spec = fc
  .record(
    { policyTypes: fc.subarray(["Ingress", "Egress"], { minLength: 1 }), ingress: rules("from"), egress: rules("to") },
    { requiredKeys: ["policyTypes"] },
  )
  .chain((rest) => selector.map((podSelector) => ({ podSelector, ...rest })));

describe("any valid policy", () => {
  test("is admitted, and stored as it was written", () => {
    fc.assert(
      fc.property(dnsName, dnsName, spec, (namespace, name, written) => {
        const object = {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { namespace, name },
          spec: written,
        };
        const { objects, diagnostics } = admitText(JSON.stringify(object));
        expect(diagnostics).toEqual([]);
        const stored = objects.map((admitted) => admitted.kind === "NetworkPolicy" && toStored(admitted));
        expect(stored).toEqual([{ namespace, name, spec: JSON.parse(JSON.stringify(written)) as unknown }]);
      }),
      { numRuns: 300 },
    );
  });

  test("with one field made a list is refused at that field", () => {
    fc.assert(
      fc.property(spec, fc.nat(), (written, choice) => {
        const paths = [...scalarPaths(written, "spec")];
        const path = paths[choice % paths.length]!;
        const broken = replaceAt(written, path.steps, [[]]);
        const object = {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "p" },
          spec: broken,
        };
        const { objects, diagnostics } = admitText(JSON.stringify(object));
        expect(objects).toEqual([]);
        expect(diagnostics.filter(isError).map(({ code, field }) => [code, field])).toContainEqual([
          "wrong-type",
          path.field,
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

interface Path {
  readonly steps: readonly (string | number)[];
  /** As the API server spells it: a map has no keys. */
  readonly field: string;
}

function* scalarPaths(value: unknown, field: string, steps: readonly (string | number)[] = []): Generator<Path> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* scalarPaths(item, `${field}[${index}]`, [...steps, index]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield* scalarPaths(item, field.endsWith(".matchLabels") ? field : `${field}.${key}`, [...steps, key]);
    }
  } else yield { steps, field };
}

function replaceAt(value: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaceAt(item, rest, by) : (item as unknown)));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, key === step ? replaceAt(item, rest, by) : item]),
  );
}

/** Fields that admission knows, in any nesting. */
const fieldNames =
  `apiVersion kind metadata spec items name namespace labels annotations podSelector matchLabels matchExpressions key operator
  values ingress egress from to ports port endPort protocol ipBlock cidr except policyTypes containers initContainers hostNetwork template
  replicas status phase podIP finalizers ownerReferences managedFields uid generateName __proto__`.split(/\s+/);
const words = [
  "v1",
  "networking.k8s.io/v1",
  "apps/v1",
  "List",
  "PodList",
  "Pod",
  "Namespace",
  "NetworkPolicy",
  "Deployment",
  "In",
  "",
  "a",
  "10.0.0.0/8",
];

const value: fc.Memo<Value> = fc.memo((depth) => {
  const scalar = fc
    .oneof(fc.constantFrom(...words), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.bigInt())
    .map((of): Value => ({ kind: "scalar", offset: 0, value: of, float: false, text: String(of) }));
  if (depth <= 1) return scalar;
  const sequence = fc
    .array(value(depth - 1), { maxLength: 3 })
    .map((items): Value => ({ kind: "sequence", offset: 0, items }));
  const entry = fc.record({ key: fc.constantFrom(...fieldNames), keyOffset: fc.constant(0), value: value(depth - 1) });
  const mapping = fc.array(entry, { maxLength: 6 }).map((entries): Value => ({ kind: "mapping", offset: 0, entries }));
  return fc.oneof(scalar, sequence, { arbitrary: mapping, weight: 3 });
});

const typed = fc
  .tuple(fc.constantFrom("Pod", "Namespace", "NetworkPolicy", "Deployment", "List"), value(7))
  .map(([kind, rest]) => {
    const word = (text: string): Value => ({ kind: "scalar", offset: 0, value: text, float: false, text });
    const version = versionOfKind.get(kind) ?? "v1";
    const entries = rest.kind === "mapping" ? rest.entries : [];
    const of = Object.entries({ apiVersion: word(version), kind: word(kind) }).map(([key, text]) => ({
      key,
      keyOffset: 0,
      value: text,
    }));
    return {
      kind: "mapping",
      offset: 0,
      entries: [...entries.filter(({ key }) => !(key in { apiVersion: 0, kind: 0 })), ...of],
    } satisfies Value;
  });

test("any tree of values is admitted or refused, never thrown at", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(typed, value(6)), { maxLength: 3 }), (values) => {
      const documents = values.map((of): Document => ({ source: { name: "any.yaml", text: "" }, value: of }));
      const { objects, diagnostics, read, skipped } = admit(documents);
      const looked = [...read.values(), ...skipped.values()].reduce((sum, count) => sum + count, 0);
      expect(diagnostics.every(({ message, fix }) => message !== "" && fix !== "")).toBe(true);
      if (looked === 0) expect(objects).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
