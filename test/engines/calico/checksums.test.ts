import { describe, expect, test } from "vitest";
import { compile, type CompileResult } from "../../../compiler/index.js";

// The hash of a chain's last rule is a checksum of the whole chain. Of calico-2019, calico-3.24 and calico these are what Felix
// printed; those of the generations between were worked out from the code of their releases.
const text = `
apiVersion: v1
kind: Namespace
metadata: { name: demo }
---
apiVersion: v1
kind: ServiceAccount
metadata: { namespace: demo, name: default }
---
apiVersion: v1
kind: Pod
metadata: { namespace: demo, name: server, labels: { app: server } }
spec: { nodeName: node-0, containers: [{ name: c, image: app }] }
status: { phase: Running, podIP: 10.224.0.81 }
---
apiVersion: v1
kind: Pod
metadata: { namespace: demo, name: client, labels: { app: client } }
spec: { nodeName: node-1, containers: [{ name: c, image: app }] }
status: { phase: Running, podIP: 10.224.0.34 }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: demo, name: demo-policy }
spec:
  podSelector: { matchLabels: { app: server } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ protocol: TCP, port: 80 }] }]
`;

const policyChain = {
  "calico-2019": "cali-pi-_f33B8osgBB9KBtqM0k-",
  "calico-3.24": "cali-pi-_f33B8osgBB9KBtqM0k-",
  "calico-3.28": "cali-pi-_f33B8osgBB9KBtqM0k-",
  "calico-3.29": "cali-pi-_9CEif6Wc5QYjmfp_1T0",
  "calico-3.30": "cali-pi-_9CEif6Wc5QYjmfp_1T0",
  calico: "cali-pi-knp/demo/demo-policy",
};

describe.each([
  ["calico-2019", "gH0VUEPiLOudLOOB", "ZvG8BcGBJYEvFxCt", "x-34BUY2ZXIqZrkl", "dDlgMmgozxZ836ef", "Or6a8a7obaKjTTdp"],
  ["calico-3.24", "gH0VUEPiLOudLOOB", "elY1hL2oTRHe19ET", "mU9s8yeSvrvV8Bcr", "ZAj486aIq_nEE__h", "t5oSTZ2L2_Tc_RfV"],
  ["calico-3.28", "pKL7pdGspkxo_YQE", "XJ_wTAxFVHhGv0Ih", "d1YRlouMUUtO1U0c", "IFvLUTr752XXtkeH", "t5oSTZ2L2_Tc_RfV"],
  ["calico-3.29", "777wgs9J49whVA0B", "XJ_wTAxFVHhGv0Ih", "bSLgxwmY_lVBMhJc", "IFvLUTr752XXtkeH", "t5oSTZ2L2_Tc_RfV"],
  ["calico-3.30", "xF87Ke-ndeV0a31B", "XJ_wTAxFVHhGv0Ih", "bSLgxwmY_lVBMhJc", "IFvLUTr752XXtkeH", "WuAh1ZCmLr4PSI3n"],
  ["calico", "48Tssen_xA6nQxnQ", "XJ_wTAxFVHhGv0Ih", "GaUtG1iN3ZDMyWV_", "IFvLUTr752XXtkeH", "WuAh1ZCmLr4PSI3n"],
] as const)("the demo policy in %s", (generation, to, from, policy, profile, forward) => {
  const { result } = compile([{ name: "demo.yaml", text }], { engine: "calico", generation, node: "node-0" });

  test("its chains have the checksums of Felix's", () => {
    expect(checksum(result!, "cali-tw-azve0cf0fbcf9f")).toBe(to);
    expect(checksum(result!, "cali-fw-azve0cf0fbcf9f")).toBe(from);
    expect(checksum(result!, policyChain[generation])).toBe(policy);
    expect(checksum(result!, "cali-pri-kns.demo")).toBe(profile);
    expect(checksum(result!, "cali-FORWARD")).toBe(forward);
  });

  test("the set of the clients has the name that it has everywhere", () => {
    const set = result!.tables.sets.find(({ name }) => name === "cali40s:N7qB4dD1ts0--qbzE-HjtMk");
    expect(set?.members).toEqual(["10.224.0.34"]);
  });
});

test("v3.31 has the rule for quality of service, and the pools under their old name", () => {
  const { result } = compile([{ name: "demo.yaml", text }], {
    engine: "calico",
    generation: "v3.31.2",
    node: "node-0",
  });
  const mangle = result!.tables.others!.find(({ name }) => name === "mangle")!;
  const last = mangle.chains.find(({ name }) => name === "cali-POSTROUTING")!.rules.at(-1)!;
  expect(last.matches[0]).toEqual({ kind: "comment", text: "cali:pfrZSH6wqlazNfNi" });
});

test.each([
  ["v3.28.1", "O3lYWMrLQYEMJtB5"],
  ["v3.28.2", "0i8pjzKKPyA34aQD"],
  ["calico-3.28", "0i8pjzKKPyA34aQD"],
])("%s has its rule in nat's POSTROUTING %s: inserted before, appended since v3.28.2", (generation, hash) => {
  const { result } = compile([{ name: "demo.yaml", text }], { engine: "calico", generation, node: "node-0" });
  const nat = result!.tables.others!.find(({ name }) => name === "nat")!;
  const hook = nat.chains.find(({ name }) => name === "POSTROUTING")!.rules[0]!;
  expect(hook.matches[0]).toEqual({ kind: "comment", text: `cali:${hash}` });
});

function checksum({ tables }: CompileResult, chain: string): string | undefined {
  const matches = tables.chains.find(({ name }) => name === chain)?.rules.at(-1)?.matches ?? [];
  const hash = matches.find((match) => match.kind === "comment" && match.text.startsWith("cali:"));
  return hash?.kind === "comment" ? hash.text.replace("cali:", "") : undefined;
}
