import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.js";
import { Uids } from "../../compiler/model/uids.js";

const { result } = compile([
  {
    name: "pods.yaml",
    text: ["a", "b", "c"]
      .map(
        (name) =>
          `{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: ${name}${name === "b" ? ", uid: own" : ""}}, spec: {containers: [{name: c, image: i}]}}\n---\n`,
      )
      .join(""),
  },
]);
const [a, b, c] = result!.objects.filter((object) => object.kind === "Pod");

test("uids are counted in order of creation, also past objects that have their own", () => {
  const uids = new Uids();
  expect([a!, b!, c!].map((pod) => uids.store(pod).uid)).toEqual([
    "00000000-0000-4000-8000-000000000001",
    "own",
    "00000000-0000-4000-8000-000000000003",
  ]);
});

test("an object that is applied again keeps its uid; one that is deleted and comes back has another", () => {
  const uids = new Uids();
  const first = uids.store(a!).uid;
  expect(uids.store({ ...a!, ip: "10.0.0.9" }).uid).toBe(first);
  uids.forget("Pod", "x/a");
  expect(uids.store(a!).uid).toBe("00000000-0000-4000-8000-000000000002");
});
