import { describe, expect, test } from "vitest";
import {
  azureNpm,
  compile,
  formatDiagnostic,
  planProbes,
  readBack,
  verify,
  type CompileResult,
} from "../../compiler/index.js";
import { checkPackets } from "./check-packets.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { deliver, sendPackets, type Delivery } from "../../src/kernel/send-packets.js";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";

const flavours = ["nft", "legacy"] as const;
const reason = (await Promise.all(flavours.map(whyNoNetwork))).find((found) => found !== undefined);
if (reason) console.warn(`tests with real packets are skipped: ${reason}`);

const goldenCases = new Map(readCases().map((golden) => [golden.name, golden]));

/** Cases in which the rules do what the specification says. */
const faithful = [
  "aks-3-from-development",
  "both-directions-and-dns",
  "host-network-and-finished-pods",
  "ipblock-anywhere",
  "ipblock-except",
  "pod-expressions",
  "pod-several-values",
  "protocols",
  "two-directions-meet",
];
/** Cases whose point is that they do not. */
const deviating = ["ipblock-ipv6", "namespace-only-negated", "terminating-pods"];

/** Every built generation but the default one, in the flavour of its time. */
const others = azureNpm.generations.slice(1);

describe
  .skipIf(reason)
  .concurrent("real packets through a real kernel end as the tracer says", { timeout: 60_000 }, () => {
    describe.each(flavours)("%s", (flavour) => {
      test.each(faithful)("%s, and as the specification says", async (name) => {
        const result = compiled(name, "v2", flavour);
        const { deliveries, leftOut } = await sendPackets(result);
        expect(verify(result).findings).toEqual([]);
        expect(disagreements(deliveries, "byTracer")).toEqual([]);
        expect(disagreements(deliveries, "byJudge")).toEqual([]);
        expect(new Set(deliveries.map(({ byKernel }) => byKernel))).toEqual(new Set(["allow", "deny"]));
        expect(new Set(deliveries.map(({ probe }) => probe.protocol)).size).toBe(4);
        expect(leftOut).toEqual([]);
      });

      test.each(deviating)("%s, though not as the specification says, for a reason that has a name", async (name) => {
        const result = compiled(name, "v2", flavour);
        const { deliveries } = await sendPackets(result);
        const codes = verify(result).findings.map(({ code }) => code);
        expect(codes).not.toEqual([]);
        expect(codes).not.toContain("unexplained");
        expect(disagreements(deliveries, "byTracer")).toEqual([]);
        expect(disagreements(deliveries, "byJudge")).not.toEqual([]);
      });

      test("named ports that differ from pod to pod, ranges of ports, SCTP, beside kube-proxy's rules", async () => {
        const { deliveries } = await sendPackets(manyPorts(flavour));
        expect(disagreements(deliveries, "byTracer")).toEqual([]);
        expect(disagreements(deliveries, "byJudge")).toEqual([]);
        expect(allowed(deliveries, "x/client", "x/old")).toBe("tcp 8080 8089 9000 · udp 53 · sctp 7000");
        expect(allowed(deliveries, "x/client", "x/new")).toBe("tcp 8080 8089 9100 · udp 53 · sctp 7000");
        expect(allowed(deliveries, "x/stranger", "x/new")).toBe("");
      });
    });

    test.each(others)("as %s too", async (generation) => {
      const { deliveries } = await sendPackets(compiled("both-directions-and-dns", generation));
      expect(disagreements(deliveries, "byTracer")).toEqual([]);
      expect(new Set(deliveries.map(({ byKernel }) => byKernel))).toEqual(new Set(["allow", "deny"]));
    });

    test("random clusters, each as one of all generations (many more: scripts/packets.ts)", async () => {
      const { failure, clusters, packets } = await checkPackets({ clusters: 6, seed: 1 });
      expect(failure).toBeUndefined();
      expect(clusters).toBe(6);
      expect(packets.get("tcp")).toBeGreaterThan(0);
    });

    test("canary: rules of one step under the packets of the next are told", async () => {
      const [now, next] = [compiled("aks-1-deny", "v2"), compiled("aks-2-from-frontend", "v2")];
      const { deliveries } = await deliver(planProbes(next.objects, readBack(next.tables)), now);
      expect(disagreements(deliveries, "byTracer").slice(0, 2)).toEqual([
        "tcp 10.240.1.10 → 10.240.0.10:80: tracer allow, kernel deny",
        "udp 10.240.1.10 → 10.240.0.10:80: tracer allow, kernel deny",
      ]);
    });
  });

function compiled(name: string, generation: string, flavour?: "nft" | "legacy"): CompileResult {
  return compileCase(goldenCases.get(name)!, generation, flavour).result!;
}

function disagreements(deliveries: readonly Delivery[], referee: "byTracer" | "byJudge"): string[] {
  const differing = deliveries.filter(({ probe, byKernel }) => probe[referee] !== byKernel);
  return differing.map(({ probe: { source, destination, protocol, port, ...by }, byKernel }) => {
    const packet = `${protocol} ${source.address} → ${destination.address}:${port}`;
    return `${packet}: ${referee === "byTracer" ? "tracer" : "judge"} ${by[referee]}, kernel ${byKernel}`;
  });
}

/** `tcp 80 443 · udp 53`: what came through between two pods. */
function allowed(deliveries: readonly Delivery[], from: string, to: string): string {
  const nameOf = (end: Delivery["probe"]["source"]): string =>
    end.kind === "outside" ? end.address : `${end.pod.namespace}/${end.pod.name}`;
  const between = deliveries.filter(
    ({ probe, byKernel }) => byKernel === "allow" && nameOf(probe.source) === from && nameOf(probe.destination) === to,
  );
  const lines = (["tcp", "udp", "sctp", "other"] as const).map((protocol) => {
    const its = between.filter(({ probe }) => probe.protocol === protocol);
    return its.length === 0 ? [] : [[protocol, ...its.map(({ probe }) => probe.port)].join(" ")];
  });
  return lines.flat().join(" · ");
}

function manyPorts(flavour: "nft" | "legacy"): CompileResult {
  const pod = (name: string, address: string, ports = ""): string => `---
apiVersion: v1
kind: Pod
metadata: { namespace: x, name: ${name}, labels: { app: ${name === "new" ? "old" : name} } }
spec: { containers: [{ name: c, image: c, ports: [${ports}] }] }
status: { phase: Running, podIP: ${address} }
`;
  const text = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: x, name: ports }
spec:
  podSelector: { matchLabels: { app: old } }
  ingress:
  - from: [{ podSelector: { matchLabels: { app: client } } }]
    ports:
    - { port: http }
    - { port: 8080, endPort: 8089 }
    - { port: 53, protocol: UDP }
    - { port: 7000, protocol: SCTP }
${pod("client", "10.1.0.1")}${pod("stranger", "10.1.0.2")}
${pod("old", "10.1.0.3", "{ name: http, containerPort: 9000 }")}
${pod("new", "10.1.0.4", "{ name: http, containerPort: 9100 }")}`;
  const existing = goldenCases.get("place-by-default")!.options.existing!;
  const { result, diagnostics } = compile([{ name: "ports.yaml", text }], { flavour, existing });
  if (!result) throw new Error(diagnostics.map((found) => formatDiagnostic(found)).join("\n"));
  return result;
}
