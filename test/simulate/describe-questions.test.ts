import { expect, test } from "vitest";
import { compile, describeQuestions, legendOf, type CompileResult } from "../../compiler/index.js";
import { readFileSync } from "node:fs";

/** What the rules of a chain ask. */
function questionsOf({ tables }: CompileResult, name: string): readonly string[] {
  const legend = legendOf(tables);
  return tables.chains.find((chain) => chain.name === name)!.rules.map((rule) => describeQuestions(rule, legend));
}

function compiled(golden: string, options: Parameters<typeof compile>[1] = {}): CompileResult {
  const text = readFileSync(`golden/${golden}/manifests.yaml`, "utf8");
  return compile([{ name: "manifests.yaml", text }], options).result!;
}

test("sets of one end are named together, a port with its protocol, a connection in words", () => {
  const result = compiled("both-directions-and-dns");
  expect(questionsOf(result, "AZURE-NPM-EGRESS-a897jjggiz")).toEqual([
    "the port is 5432/tcp, and the destination is in podlabel-app:db and ns-shop",
    "the port is 53/udp, and the destination is in nslabel-kubernetes.io/metadata.name:kube-system and podlabel-k8s-app:kube-dns",
    "the port is 53/tcp, and the destination is in nslabel-kubernetes.io/metadata.name:kube-system and podlabel-k8s-app:kube-dns",
    "",
  ]);
  expect(questionsOf(result, "FORWARD")).toEqual(["it opens a connection (state NEW)"]);
});

test("sets that an end must not be in follow those it must be in", () => {
  expect(questionsOf(compiled("pod-expressions", { generation: "v1" }), "AZURE-NPM-INGRESS-FROM")[0]).toBe(
    "the source is in ns-zoo and wings but not in diet:meat, and the destination is in ns-zoo and diet:meat but not in wings",
  );
  expect(questionsOf(compiled("namespace-only-negated"), "AZURE-NPM-INGRESS-jsv3a9kpdh")[0]).toBe(
    "the source is not in nslabel-zone:red or nslabel-sealed",
  );
});

test("limits in words", () => {
  const result = compiled("calico-log-limit", { engine: "calico" });
  expect(questionsOf(result, "cali-pri-hosts")[0]).toBe("it is within 7001 packets a hour, 20 at once");
});

test("named ports, ports of Calico and what nothing here interprets", () => {
  expect(questionsOf(compiled("named-ports"), "AZURE-NPM-EGRESS-l7v853m9t5")[0]).toBe(
    "the protocol is tcp, and the destination with its port is in namedport:heat",
  );
  const calico = compiled("calico-aks-1-deny", { engine: "calico" });
  expect(questionsOf(calico, "cali-fw-azv20e4cd64304")).toContain("the udp destination port is 4789");
  expect(questionsOf(calico, "cali-OUTPUT")).toContain("its destination was not translated (not state DNAT)");
});
