import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { byAddress } from "../../../compiler/simulate/classes.js";
import { clusterOf } from "../../../compiler/simulate/cluster.js";
import { checkExpectations } from "../../../compiler/simulate/expectations/check-expectations.js";
import { parseExpectations } from "../../../compiler/simulate/expectations/parse-expectations.js";
import { judge } from "../../../compiler/simulate/judge.js";
import { matrixOf } from "../../../compiler/simulate/matrix.js";
import { reachByRules } from "../../../compiler/simulate/reach-by-rules.js";
import { readBack } from "../../../compiler/simulate/read-back.js";
import type { TracePacket } from "../../../compiler/simulate/trace.js";
import { trace } from "../../../compiler/simulate/tracer.js";
import { holdsTraffic } from "../../../compiler/simulate/traffic.js";
import { unexplained } from "../../../compiler/simulate/verify/findings.js";
import { verify } from "../../../compiler/simulate/verify/verify.js";
import { floatingPod, namespaceOfPods } from "../../annotated-pods.js";

const node = "10.9.0.1";

const pods = namespaceOfPods + floatingPod("web", "10.0.0.1", '["203.0.113.1"]') + floatingPod("db", "10.0.0.2", "[]");

function policy(spec: string): string {
  return `\n---\napiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: { name: a }\nspec: ${spec}\n`;
}

const hostEndpoint = `
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: host, labels: { role: host } }
spec: { node: node-0, interfaceName: eth0 }
`;

function compiled(documents: string, felix: readonly string[] = ["FloatingIPs=Enabled"]) {
  const options = { engine: "calico", node: "node-0", hostInterfaces: [`eth0=${node}/24`], felix };
  const { result, diagnostics } = compile([{ name: "a.yaml", text: pods + documents }], options);
  if (!result) throw new Error(diagnostics[0]?.message);
  return result;
}

/** What judge and tracer both say of a packet, after all rules have been held against the documentation. */
function ask(from: string, to: string, documents = "", port = "80/tcp", felix?: readonly string[]): string {
  const result = compiled(documents, felix);
  expect(verify(result, { alsoReadings: true }).findings).toEqual([]);
  const cluster = clusterOf(result.objects, result.specification);
  const [number, protocol] = port.split("/") as [string, TracePacket["protocol"]];
  const [source, destination] = [cluster.endpoint(from)!, cluster.endpoint(to)!];
  const judged = judge(cluster, { source, destination, protocol, port: Number(number) }).verdict;
  const packet = { source: source.address, destination: destination.address, protocol, port: Number(number) };
  const traced = trace(readBack(result.tables), packet, { known: { sourcePort: 49152, translated: false } }).verdict;
  return judged === traced ? judged : `judged ${judged}, traced ${traced}`;
}

describe("a packet to a floating address", () => {
  const webTakes = (net: string) =>
    policy(`{ selector: app == 'web', ingress: [{ action: Allow, source: { nets: [${net}] } }] }`);

  test("meets the ingress policies of the pod that has it", () => {
    expect(ask("8.8.8.8", "203.0.113.1")).toBe("allow");
    expect(ask("8.8.8.8", "203.0.113.1", webTakes("8.8.8.0/24"))).toBe("allow");
    expect(ask("9.9.9.9", "203.0.113.1", webTakes("8.8.8.0/24"))).toBe("deny");
    expect(ask("x/db", "203.0.113.1", webTakes("8.8.8.0/24"))).toBe("deny");
    expect(ask("x/db", "203.0.113.1", webTakes("10.0.0.2/32"))).toBe("allow");
  });

  test("is to egress policies one to the pod's own address", () => {
    const dbSends = (net: string) =>
      policy(
        `{ selector: app == 'db', types: [Egress], egress: [{ action: Allow, destination: { nets: [${net}] } }] }`,
      );
    expect(ask("x/db", "203.0.113.1", dbSends("203.0.113.0/24"))).toBe("deny");
    expect(ask("x/db", "203.0.113.1", dbSends("10.0.0.1/32"))).toBe("allow");
  });

  test("is one to that address to policies before connection tracking and before translation", () => {
    for (const early of ["preDNAT: true", "doNotTrack: true"]) {
      const denies = (net: string) =>
        hostEndpoint +
        policy(
          `{ selector: role == 'host', applyOnForward: true, ${early}, ingress: [{ action: Deny, destination: { nets: [${net}] } }] }`,
        );
      expect(ask("8.8.8.8", "203.0.113.1", denies("203.0.113.1/32"))).toBe("deny");
      expect(ask("8.8.8.8", "203.0.113.1", denies("10.0.0.1/32"))).toBe("allow");
      expect(ask("8.8.8.8", "x/web", denies("203.0.113.1/32"))).toBe("allow");
    }
  });

  test("is one to the pod to policies about what is forwarded", () => {
    const denies = (net: string) =>
      hostEndpoint +
      policy(
        `{ selector: role == 'host', applyOnForward: true, ingress: [{ action: Deny, destination: { nets: [${net}] } }, { action: Allow }] }`,
      );
    expect(ask("8.8.8.8", "203.0.113.1", denies("203.0.113.1/32"))).toBe("allow");
    expect(ask("8.8.8.8", "203.0.113.1", denies("10.0.0.1/32"))).toBe("deny");
  });

  test("comes from the node itself as any does: to its own pods nothing is judged", () => {
    expect(ask(node, "203.0.113.1", hostEndpoint + webTakes("8.8.8.0/24"))).toBe("allow");
  });

  test("from the pod itself comes back to it, with the floating address as its source", () => {
    const tables = readBack(compiled("").tables);
    const { verdict, steps } = trace(tables, {
      source: "10.0.0.1",
      destination: "203.0.113.1",
      protocol: "tcp",
      port: 80,
    });
    expect(verdict).toBe("allow");
    expect(
      steps.flatMap(({ action, chain, side, becomes }) => (action === "translate" ? [[chain, side, becomes]] : [])),
    ).toEqual([
      ["nat cali-fip-dnat", "destination", "10.0.0.1"],
      ["nat cali-fip-snat", "source", "203.0.113.1"],
    ]);
  });

  test("goes nowhere else while floating addresses are switched off", () => {
    const tables = readBack(compiled("", []).tables);
    expect(tables.natChains).toBeUndefined();
    expect(ask("8.8.8.8", "203.0.113.1", webTakes("9.9.9.0/24"), "80/tcp", [])).toBe("allow");
  });

  test("can be expected and is in a matrix, though neither of its ends is a pod's own address", () => {
    const { objects, specification, tables } = compiled(webTakes("8.8.8.0/24"));
    const text = `expect:
  - { from: 8.8.8.8, to: 203.0.113.1, port: 80, allow: true }
  - { from: 9.9.9.9, to: 203.0.113.1, port: 80, deny: true }`;
    const { expectations } = parseExpectations({ name: "e.yaml", text });
    const { results, diagnostics } = checkExpectations(expectations, {
      objects,
      specification: specification!,
      tables,
    });
    expect(diagnostics).toEqual([]);
    expect(results.map(({ pairs, failures }) => [pairs, failures])).toEqual([
      [1, []],
      [1, []],
    ]);
    const cluster = clusterOf(objects, specification);
    const external = ["8.8.8.8", "203.0.113.1", "9.9.9.9"];
    const matrix = matrixOf(cluster, byAddress(reachByRules(readBack(tables))), { external });
    const passes = (from: string, to: string): boolean | undefined => {
      const [row, column] = [from, to].map((name) => matrix.endpoints.findIndex((each) => each.name === name));
      const passage = matrix.passage(row!, column!);
      return passage && holdsTraffic(passage.allowed, "tcp", 80);
    };
    expect(passes("8.8.8.8", "203.0.113.1")).toBe(true);
    expect(passes("9.9.9.9", "203.0.113.1")).toBe(false);
    expect(passes("8.8.8.8", "9.9.9.9")).toBeUndefined();
    expect(passes("203.0.113.1", "203.0.113.1")).toBeUndefined();
  });

  test("canary: a judge that knows nothing of it finds rules that it can't explain", () => {
    const result = compiled(webTakes("8.8.8.0/24"));
    const specification = { ...result.specification!, translations: [] };
    expect(verify({ ...result, specification }).findings.map(({ code }) => code)).toContain(unexplained);
  });
});

describe("a machine of OpenStack", () => {
  const felix = ["ClusterType=openstack"];
  const nothing = policy("{ selector: all(), types: [Egress, Ingress] }");

  test("gets names and metadata from its node, whatever its policies say", () => {
    expect(ask("x/web", node, nothing, "53/udp", felix)).toBe("allow");
    expect(ask("x/web", node, nothing, "53/tcp", felix)).toBe("deny");
    expect(ask("x/web", "169.254.169.254", nothing, "80/tcp", felix)).toBe("allow");
    expect(ask("x/web", "169.254.169.254", nothing, "81/tcp", felix)).toBe("deny");
    expect(ask("x/web", "169.254.169.254", nothing, "80/tcp")).toBe("deny");
  });

  test("asks a server elsewhere for metadata as its policies let it reach that", () => {
    const far = [...felix, "MetadataAddr=192.0.2.1", "MetadataPort=8000"];
    const sends = (port: number) =>
      policy(
        `{ selector: all(), types: [Egress], egress: [{ action: Allow, protocol: TCP, destination: { nets: [192.0.2.1/32], ports: [${port}] } }] }`,
      );
    expect(ask("x/web", "169.254.169.254", sends(8000), "80/tcp", far)).toBe("allow");
    expect(ask("x/web", "169.254.169.254", sends(80), "80/tcp", far)).toBe("deny");
  });

  test("canary: a judge that knows nothing of it finds rules that it can't explain", () => {
    const result = compiled(nothing, felix);
    const specification = { ...result.specification!, nodeServices: [] };
    expect(verify({ ...result, specification }).findings.map(({ code }) => code)).toContain(unexplained);
  });
});
