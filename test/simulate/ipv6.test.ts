import { describe, expect, test } from "vitest";
import { compile, type CompileResult } from "../../compiler/compile.js";
import { checkExpectations } from "../../compiler/simulate/expectations/check-expectations.js";
import { explainResult } from "../../compiler/simulate/expectations/describe-result.js";
import { parseExpectations } from "../../compiler/simulate/expectations/parse-expectations.js";
import { readBack } from "../../compiler/simulate/read-back.js";
import { viewMatrix } from "../../compiler/simulate/show/view-matrix.js";
import type { TracePacket } from "../../compiler/simulate/trace.js";
import { trace } from "../../compiler/simulate/tracer.js";
import { portsOf } from "../../compiler/simulate/traffic.js";
import { verify } from "../../compiler/simulate/verify/verify.js";

const pod = (name: string, addresses: readonly string[]): string => `
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: ${name}, labels: { app: ${name} } }
spec: { nodeName: node-0, containers: [{ name: c, image: i, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: "${addresses[0]!}", podIPs: [${addresses.map((ip) => `{ ip: "${ip}" }`).join()}] }
---`;

const cluster = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { namespace: shop, name: default }
---${pod("api", ["10.0.0.1", "fd00:0::1"])}${pod("web", ["fd00::2", "10.0.0.2"])}${pod("old", ["10.0.0.3"])}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: shop, name: api }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - { from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: http }] }
    - { from: [{ ipBlock: { cidr: "2001:db8::/32", except: ["2001:db8:1::/48"] } }, { ipBlock: { cidr: 203.0.113.0/24 } }] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: pings }
spec:
  order: 1
  selector: app == 'api'
  types: [Ingress]
  ingress:
    - { action: Allow, protocol: ICMPv6, icmp: { type: 128 } }
    - { action: Allow, source: { selector: partner == 'yes' }, protocol: TCP, destination: { ports: [9] } }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: { name: partners, labels: { partner: "yes" } }
spec: { nets: ["2001:db8:1::/64", 198.51.100.0/24] }
`;

const options = {
  engine: "calico",
  node: "node-0",
  ipv6: true,
  hostInterfaces: ["eth0=10.0.9.1/24", "eth0=fd00::9:1/64"],
};

function compiled(text = cluster, more: object = {}): CompileResult {
  const { result, diagnostics } = compile([{ name: "cluster.yaml", text }], { ...options, ...more });
  if (!result) throw new Error(diagnostics[0]?.message);
  return result;
}

describe("packets of IPv6 walk through the tables of IPv6", () => {
  const tables = readBack(compiled().tables.ipv6!);
  const verdict = (source: string, destination: string, port?: number, icmp?: number): string => {
    const known = {
      translated: false,
      ...(icmp !== undefined && { other: { number: 58, icmp: { type: icmp, code: 0 } } }),
    };
    const sent: TracePacket =
      port === undefined ? { source, destination, protocol: "other" } : { source, destination, protocol: "tcp", port };
    return trace(tables, sent, { known }).verdict;
  };

  test("addresses of pods, ports by name, blocks with exceptions and network sets decide", () => {
    expect(verdict("fd00::2", "fd00::1", 8080)).toBe("allow");
    expect(verdict("fd00::2", "fd00::1", 8081)).toBe("deny");
    expect(verdict("2001:db8::7", "fd00::1", 80)).toBe("allow");
    expect(verdict("2001:db8:1::7", "fd00::1", 80)).toBe("deny");
    expect(verdict("2001:db8:1::7", "fd00::1", 9)).toBe("allow");
    expect(verdict("2001:db9::", "fd00::1", 80)).toBe("deny");
    expect(verdict("2001:db9::", "fd00::2", 80)).toBe("allow");
  });

  test("so do messages of ICMPv6", () => {
    expect(verdict("2001:db9::", "fd00::1", undefined, 128)).toBe("allow");
    expect(verdict("2001:db9::", "fd00::1", undefined, 129)).toBe("deny");
  });

  test("a node takes from its pods what neighbours need, and the rest where the setting lets it", () => {
    const dropping = readBack(compiled(cluster, { felix: ["DefaultEndpointToHostAction=DROP"] }).tables.ipv6!);
    const toNode = (type: number): string =>
      trace(
        dropping,
        { source: "fd00::1", destination: "fd00::9:1", protocol: "other" },
        { known: { other: { number: 58, icmp: { type, code: 0 } } } },
      ).verdict;
    expect([135, 128].map(toNode)).toEqual(["allow", "deny"]);
  });
});

test("a matrix of IPv6 has the pods with addresses of it, and answers as the documentation does", () => {
  const { objects, specification, tables } = compiled();
  const ground = { objects, version: 6, ...(specification && { specification }) } as const;
  const legend = { setName: (name: string) => name, originOf: () => undefined };
  const rules = { tables: readBack(tables.ipv6!), legend, name: "rules" };
  const external = ["2001:DB8:0::7", "2001:db8:1:1::7"];
  const [bySpec, byRules] = [{ ...ground }, { ...ground, rules }].map(
    (each) => viewMatrix(each, { external }).view!.matrix,
  );
  expect(bySpec!.endpoints.map(({ name, endpoint }) => [name, endpoint.address])).toEqual([
    ["shop/api", "fd00::1"],
    ["shop/web", "fd00::2"],
    ["2001:db8::7", "2001:db8::7"],
    ["2001:db8:1:1::7", "2001:db8:1:1::7"],
  ]);
  for (const matrix of [bySpec!, byRules!]) {
    const tcp = (source: number) => portsOf(matrix.passage(source, 0)!.allowed, "tcp");
    expect(tcp(1)).toEqual([{ first: 8080, last: 8080 }]);
    expect(tcp(2)).toEqual([{ first: 0, last: 65535 }]);
    expect(tcp(3)).toEqual([]);
  }
  expect(viewMatrix(ground, { external: ["10.0.0.9"] }).diagnostics.map(({ code }) => code)).toEqual([
    "endpoint-not-ipv6",
  ]);
});

describe("verify", () => {
  test("holds the tables of both versions against the documentation", () => {
    expect(verify(compiled()).findings).toEqual([]);
  });

  test("finds what the rules of IPv6 alone do otherwise", () => {
    const result = compiled();
    const ipv6 = { ...result.tables.ipv6!, sets: result.tables.ipv6!.sets.map((set) => ({ ...set, members: [] })) };
    const { findings } = verify({ ...result, tables: { ...result.tables, ipv6 } });
    expect(
      findings.map(({ code, packet }) => [code, packet.source.address, packet.destination.address]),
    ).toContainEqual(["unexplained", "fd00::2", "fd00::1"]);
  });

  test("without rules for IPv6, its packets are not filtered, those of pods with both versions neither", () => {
    const { findings } = verify(compiled(cluster, { ipv6: false }));
    expect(findings.map(({ code }) => code)).toContain("calico-ipv6-unfiltered");
  });
});

describe("expectations speak of both versions", () => {
  const check = (text: string) => {
    const { objects, specification, tables } = compiled();
    const { expectations } = parseExpectations({ name: "expectations.yaml", text: `expect:\n  - ${text}\n` });
    return checkExpectations(expectations, {
      objects,
      tables,
      ...(specification && { specification }),
      namespace: "shop",
    });
  };
  const counted = (text: string): readonly [number, number] => {
    const { results, diagnostics } = check(text);
    expect(diagnostics).toEqual([]);
    return [results[0]!.pairs, results[0]!.failures.length];
  };

  test("between pods, packets of each version that both have", () => {
    expect(counted("{ from: web, to: api, port: http, allow: true }")).toEqual([2, 0]);
    expect(counted("{ from: old, to: api, deny: 80/tcp }")).toEqual([1, 0]);
  });

  test("from addresses and blocks, those of their version", () => {
    expect(counted('{ from: "2001:db8::7", to: api, port: 80, allow: true }')).toEqual([1, 0]);
    expect(counted('{ from: "2001:db8:1::/48", to: api, deny: 80/tcp }')).toEqual([2, 0]);
    expect(counted("{ from: 203.0.113.0/24, to: api, port: 80, allow: true }")).toEqual([1, 0]);
  });

  test("failures say that they are of IPv6", () => {
    const { results } = check('{ from: "2001:db9::1", to: api, port: 80, allow: true }');
    expect(explainResult(results[0]!)).toContain(
      "2001:db9::1 → shop/api, tcp 80 over IPv6: the specification and the rules deny it",
    );
  });

  test("ends without a version in common are a mistake", () => {
    const { diagnostics } = check('{ from: "2001:db8::7", to: old, port: 80, allow: true }');
    expect(diagnostics.map(({ code }) => code)).toEqual(["expectation-of-two-versions"]);
  });
});
