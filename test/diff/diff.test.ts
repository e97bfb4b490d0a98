import { describe, expect, test } from "vitest";
import { diff } from "../../compiler/diff/diff.js";
import { describeConnections } from "../../compiler/diff/describe-connections.js";
import { reportOf } from "../../compiler/diff/report.js";
import { shop, difference } from "./formats/shop.js";
import { versionOf } from "./versions.js";

const [api, web, policy] = shop.split("---\n") as [string, string, string];

describe("what causes connections", () => {
  test("a pod that comes opens them, and one that goes closes them, whatever the rules say of its address", () => {
    const opened = difference([api, policy].join("---\n"), shop);
    expect(opened.lines.map((line) => [line.what, line.edits, describeConnections(line)])).toEqual([
      ["opened", [0], expect.stringMatching(/^opens .*shop\/web/)],
      ["opened", [0], expect.stringMatching(/^opens .*shop\/web/)],
      ["opened", [0], expect.stringMatching(/^opens .*shop\/web/)],
    ]);
    const closed = difference(shop, [api, policy].join("---\n"));
    expect(closed.lines.map(({ what, edits }) => [what, edits])).toEqual([
      ["closed", [0]],
      ["closed", [0]],
      ["closed", [0]],
    ]);
  });

  test("of a workload, the count of its pods", () => {
    const workload = (replicas: number, app: string) => `kind: Deployment
apiVersion: apps/v1
metadata: { namespace: shop, name: front }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${app} } }
  template:
    metadata: { labels: { app: ${app} } }
    spec: { containers: [{ name: main, image: nginx }] }
`;
    const found = difference([shop, workload(1, "web")].join("---\n"), [shop, workload(2, "web")].join("---\n"));
    expect(found.edits.map(({ field }) => field)).toEqual(["spec.replicas"]);
    expect(found.lines.length).toBeGreaterThan(0);
    expect(found.lines.every(({ edits }) => edits.join() === "0")).toBe(true);
  });

  test("of a rule, the field", () => {
    const found = difference(shop, shop.replace("port: 80", "port: 443"));
    expect(found.lines.map(({ what, edits }) => [what, edits])).toEqual([
      ["closed", [0]],
      ["opened", [0]],
    ]);
  });
});

describe("what is no change of meaning", () => {
  test("a policy with another name means the same", () => {
    const { pairs, edits, changes } = difference(shop, shop.replace("api-from-web", "front"));
    expect(edits.map(({ kind }) => kind)).toEqual(["renamed"]);
    expect(pairs).toEqual({ vanished: [], appeared: [] });
    expect(changes.rules.added.length).toBeGreaterThan(0);
  });

  test("equal manifests are no difference", () => {
    const found = difference(shop, shop);
    expect(found.same).toBe(true);
    expect(reportOf(found)).toEqual({
      versions: "old.yaml → new.yaml",
      headline: "no difference",
      remarks: [],
      sections: [],
    });
  });

  test("the order of documents, labels and keys", () => {
    const turned = [
      policy.replace("{ namespace: shop, name: api-from-web }", "{ name: api-from-web, namespace: shop }"),
      web,
      api,
    ];
    const { edits, same } = difference(shop, turned.join("---\n"));
    expect([edits, same]).toEqual([[], true]);
  });
});

test("between two generations nothing is an edit, and the log of neither gains anything", () => {
  const found = diff(versionOf(shop, { generation: "v1-2018" }), versionOf(shop));
  expect(found.edits).toEqual([]);
  expect(found.log()).toEqual([]);
  expect(found.same).toBe(false);
  expect(found.changes.rules.added.flatMap(({ edits }) => edits)).toEqual([]);
});
