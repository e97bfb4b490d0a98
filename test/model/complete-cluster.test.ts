import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completeCluster } from "../../compiler/model/complete-cluster.js";
import { keyOf, type KubernetesObject, type Pod } from "../../compiler/model/objects.js";
import { admitText, line, policy } from "./said.js";

const pod = (name: string, status = "{}", spec = "{containers: [{}]}"): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: x}\nspec: ${spec}\nstatus: ${status}\n`;
const namespace = (name: string, labels = "{}"): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n`;

function complete(texts: readonly string[], options: { podCidr?: string; kubernetesMinor?: number } = {}) {
  return completeCluster(admitText(texts.join("---\n")).objects, { kubernetesMinor: 29, ...options });
}

function ipsOf(objects: readonly KubernetesObject[]): Record<string, string> {
  return Object.fromEntries(objects.flatMap((object) => (object.kind === "Pod" ? [[object.name, object.ip]] : [])));
}

describe("namespaces", () => {
  test("that are only mentioned exist, after those that are written; then pods, then policies", () => {
    const { objects } = complete([policy("{}", "name: p, namespace: other"), pod("a"), namespace("w"), pod("b")]);
    expect(objects.map((object) => `${object.kind} ${keyOf(object)}`)).toEqual([
      "Namespace w",
      "Namespace other",
      "Namespace x",
      "Pod x/a",
      "Pod x/b",
      "NetworkPolicy other/p",
    ]);
    expect(objects.map((object) => object.kind === "Namespace" && object.implied).slice(0, 3)).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("carry their name as a label since Kubernetes 1.21, whatever was written", () => {
    const labelsOf = (kubernetesMinor: number): unknown =>
      complete([namespace("w", "{z: '1', kubernetes.io/metadata.name: other}"), pod("a")], {
        kubernetesMinor,
      }).objects.map((object) => object.kind === "Namespace" && Object.fromEntries(object.labels));
    expect(labelsOf(21)).toEqual([
      { "kubernetes.io/metadata.name": "w", z: "1" },
      { "kubernetes.io/metadata.name": "x" },
      false,
    ]);
    expect(labelsOf(20)).toEqual([{ "kubernetes.io/metadata.name": "other", z: "1" }, {}, false]);
  });
});

describe("addresses", () => {
  test("are given to pods without a phase, not to those on the host's network or with a status", () => {
    const { objects } = complete([
      pod("plain"),
      pod("host", "{}", "{hostNetwork: true, containers: [{}]}"),
      pod("pending", "{phase: Pending}"),
      pod("own", "{podIP: 1.2.3.4}"),
    ]);
    expect(ipsOf(objects)).toEqual({
      plain: expect.stringMatching(/^10\.240\.\d+\.\d+$/),
      host: "",
      pending: "",
      own: "1.2.3.4",
    });
  });

  test("depend on namespace and name alone", () => {
    expect(ipsOf(complete([pod("web-1"), pod("web-2")]).objects)).toEqual({
      "web-1": "10.240.10.72",
      "web-2": "10.240.32.85",
    });
    expect(ipsOf(complete([pod("web-2"), pod("web-1")]).objects)).toEqual({
      "web-1": "10.240.10.72",
      "web-2": "10.240.32.85",
    });
  });

  test("stay when pods are added behind, and are never given twice, nor the first or last of the block", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(names, fc.nat(), (all, cut) => {
        const pods = all.map((name): Pod => podCalled(name));
        const some = pods.slice(0, cut % (pods.length + 1));
        const options = { kubernetesMinor: 29, podCidr: "10.1.2.16/28" };
        const [few, many] = [some, pods].map((list) => ipsOf(completeCluster(list, options).objects));
        const given = Object.values(many!);
        expect(many).toMatchObject(few!);
        expect(new Set(given).size).toBe(given.length);
        for (const ip of given)
          expect(Number(ip.slice("10.1.2.".length))).toSatisfy((last: number) => last > 16 && last < 31);
      }),
    );
  });

  test("that pods have already are not given", () => {
    const texts = Array.from({ length: 13 }, (_, i) => pod(`a${i}`));
    const { objects } = complete([...texts, pod("own", "{podIP: 10.1.2.20, phase: Running}")], {
      podCidr: "10.1.2.16/28",
    });
    const given = Object.values(ipsOf(objects));
    expect(new Set(given).size).toBe(14);
  });

  test("run out with an error, and so does a block that is none", () => {
    const errorOf = (podCidr: string, count: number): readonly string[] => {
      const { diagnostics } = complete(
        Array.from({ length: count }, (_, i) => pod(`a${i}`)),
        { podCidr },
      );
      return diagnostics.map((found) => `${line(found)} ${found.message}`);
    };
    expect(errorOf("10.0.0.0/30", 2)).toEqual([]);
    expect(errorOf("10.0.0.0/30", 3)).toEqual(["error pod-cidr-full - - 10.0.0.0/30 has 2 free addresses for 3 pods"]);
    expect(errorOf("10.0.0.0/32", 1)).toEqual(["error pod-cidr-full - - 10.0.0.0/32 has 0 free addresses for 1 pods"]);
    expect(errorOf("10.0.0.0", 1)).toEqual(['error pod-cidr-invalid - - "10.0.0.0" is no block for pod addresses']);
    expect(errorOf("2001:db8::/64", 1)).toEqual([
      'error pod-cidr-invalid - - "2001:db8::/64" is no block for pod addresses',
    ]);
    expect(errorOf("0.0.0.0/0", 1)).toEqual([]);
  });
});

function podCalled(name: string): Pod {
  const [object] = admitText(pod("a")).objects;
  return { ...(object as Pod), name };
}
