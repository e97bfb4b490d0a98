import { describe, expect, test } from "vitest";
import { diffObjects, type ObjectsDifference } from "../../../compiler/diff/edits/diff-objects.js";
import { formatLocation } from "../../../compiler/text/source.js";
import { compile } from "../../../compiler/index.js";
import { versionOf } from "../versions.js";

function objectsOf(text: string) {
  return { objects: versionOf(text).result.objects, fileOf: () => "" };
}

function compare(before: string, after: string): ObjectsDifference {
  return diffObjects(objectsOf(before), objectsOf(after));
}

/** `changed spec.x 1:2→1:3` */
function shown({ edits }: ObjectsDifference): readonly string[] {
  return edits.map(({ kind, object, field, before, after }) => {
    const [from, to] = [before, after].map((side) =>
      side?.location ? formatLocation(side.location).replace(/^[^:]*:/, "") : "",
    );
    return `${object}: ${kind} ${field ?? "whole"} ${from}→${to}`;
  });
}

const policy = (peers: string, labels = "{}") => `kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: api, labels: ${labels} }
spec:
  podSelector: {}
  ingress:
    - from:
${peers}`;
const block = (cidr: string) => `        - ipBlock: { cidr: ${cidr} }\n`;

describe("edits have places in both versions", () => {
  test("a value", () => {
    const found = compare(policy(block("10.0.0.0/8")), policy(block("10.0.0.0/9")));
    expect(shown(found)).toEqual(["NetworkPolicy shop/api: changed spec.ingress[0].from[0].ipBlock.cidr 8:22→8:22"]);
  });

  test("an item that comes, and one that goes", () => {
    const [one, two] = [policy(block("10.0.0.0/8")), policy(block("192.0.2.0/24") + block("10.0.0.0/8"))];
    expect(shown(compare(one, two))).toEqual(["NetworkPolicy shop/api: added spec.ingress[0].from[0] 8:11→8:11"]);
    expect(shown(compare(two, one))).toEqual(["NetworkPolicy shop/api: removed spec.ingress[0].from[0] 8:11→8:11"]);
  });

  test("an item that moves", () => {
    const [a, b] = [block("10.0.0.0/8"), block("192.0.2.0/24")];
    expect(shown(compare(policy(a + b), policy(b + a)))).toEqual([
      expect.stringMatching(/^NetworkPolicy shop\/api: moved spec\.ingress\[0\]\.from\[[01]\] [89]:11→[89]:11$/),
    ]);
  });
});

describe("each edit can be taken back alone", () => {
  const before = policy(block("10.0.0.0/8") + block("192.0.2.0/24"), "{ a: one, b: two }");
  const after = policy(block("192.0.2.0/24") + block("10.0.0.0/9") + block("198.51.100.0/24"), "{ b: three }");
  const found = compare(before, after);

  test("none made is the object before, all made the one after", () => {
    const [changed] = found.changed;
    const textOf = (text: string) => compare(text, policy(block("0.0.0.0/0"))).changed[0]!.texts(() => false);
    expect(changed!.texts(() => false)).toEqual(textOf(before));
    expect(changed!.texts(() => true)).toEqual(textOf(after));
  });

  test("any mixture differs from the object before by the edits that are made, and from the one after by the others", () => {
    const count = found.edits.length;
    expect(count).toBeGreaterThan(2);
    for (let mask = 0; mask < 2 ** count; mask += 1) {
      const holds = (edit: number) => (mask & (2 ** edit)) !== 0;
      const [text] = found.changed[0]!.texts(holds);
      const made = found.edits.filter(({ id }) => holds(id));
      const rest = found.edits.filter(({ id }) => !holds(id));
      const whatOf = (edits: ObjectsDifference["edits"]) =>
        edits.map(({ kind, before: from, after: to }) => `${kind} ${from?.text} ${to?.text}`).toSorted();
      expect(whatOf(compare(before, text!).edits), `mask ${mask}`).toEqual(whatOf(made));
      expect(whatOf(compare(text!, after).edits), `mask ${mask}`).toEqual(whatOf(rest));
    }
  });
});

test("a label with the name of a namespace is nobody's edit", () => {
  const namespace = (labels: string) =>
    `kind: Namespace\napiVersion: v1\nmetadata: { name: shop, labels: ${labels} }\n`;
  expect(compare(namespace("{ a: b }"), namespace("{ kubernetes.io/metadata.name: shop, a: b }")).edits).toEqual([]);
});

test("two policies that are renamed keep to their own meaning", () => {
  const named = (name: string, cidr: string) => policy(block(cidr)).replace("name: api", `name: ${name}`);
  const before = [named("a", "10.0.0.0/8"), named("b", "10.0.0.0/9")].join("---\n");
  const after = [named("d", "10.0.0.0/9"), named("c", "10.0.0.0/8")].join("---\n");
  const { edits } = compare(before, after);
  expect(edits.map(({ kind, object, before: from }) => `${kind} ${from?.text} ${object}`)).toEqual([
    "renamed b NetworkPolicy shop/d",
    "renamed a NetworkPolicy shop/c",
  ]);
});

test("a NetworkPolicy of Calico's is told from one of Kubernetes as kubectl does", () => {
  const text = (spec: string) => `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { namespace: shop, name: api }
spec: ${spec}
`;
  const version = (spec: string) => {
    const { result } = compile([{ name: "a.yaml", text: text(spec) }], { engine: "calico" });
    return { objects: [...result!.objects, ...result!.resources], fileOf: () => "" };
  };
  const found = diffObjects(version("{ order: 1 }"), version("{ order: 2 }"));
  expect(shown(found)).toEqual(["NetworkPolicy.projectcalico.org shop/api: changed spec.order 4:9→4:9"]);
});
