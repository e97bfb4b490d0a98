import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { clusterOf } from "../../../compiler/simulate/cluster.js";
import { judge } from "../../../compiler/simulate/judge.js";
import type { Packet } from "../../../compiler/simulate/judgement.js";

/** Statements of docs.tigera.io/calico about what policies mean. */

const pods = `
apiVersion: v1
kind: Namespace
metadata: { name: x, labels: { team: a } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: x, labels: { app: web } }
spec: { nodeName: node-0, containers: [{ name: c, image: i, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.0.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: x, labels: { app: db } }
spec: { nodeName: node-0, serviceAccountName: robot, containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.0.0.2 }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: robot, namespace: x, labels: { role: clerk } }
---
apiVersion: v1
kind: Pod
metadata: { name: far, namespace: x, labels: { app: far } }
spec: { nodeName: node-1, containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.0.0.3 }
---
apiVersion: projectcalico.org/v3
kind: Tier
metadata: { name: front }
spec: { order: 10 }
---
apiVersion: projectcalico.org/v3
kind: Tier
metadata: { name: open }
spec: { order: 20, defaultAction: Pass }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: { name: office, labels: { role: office } }
spec: { nets: [203.0.113.0/24] }
`;

const node = "10.9.0.1";

describe("tiers and order", () => {
  test("without a policy a pod may do all", () => {
    expect(ask("8.8.8.8", "x/web")).toBe("allow");
    expect(ask("x/web", "8.8.8.8")).toBe("allow");
  });

  test("where policies are about a pod and none decides, the end of their tier denies", () => {
    const policy = global(
      "{ selector: app == 'web', ingress: [{ action: Allow, protocol: TCP, destination: { ports: [80] } }] }",
    );
    expect(ask("8.8.8.8", "x/web", "80/tcp", policy)).toBe("allow");
    expect(ask("8.8.8.8", "x/web", "81/tcp", policy)).toBe("deny");
    expect(ask("x/web", "8.8.8.8", "81/tcp", policy)).toBe("allow");
    expect(ask("8.8.8.8", "x/db", "81/tcp", policy)).toBe("allow");
  });

  test("a tier whose default action is Pass leaves it to the next", () => {
    expect(
      ask(
        "8.8.8.8",
        "x/web",
        "81/tcp",
        global("{ tier: open, selector: all(), ingress: [{ action: Log }] }", "open.a"),
      ),
    ).toBe("allow");
  });

  test("the first policy by order decides, the first by name of those with one order, the last of those without", () => {
    const both = (first: string, second: string) =>
      global(`{ ${first} selector: all(), ingress: [{ action: Deny }] }`, "b") +
      global(`{ ${second} selector: all(), ingress: [{ action: Allow }] }`, "c");
    expect(ask("8.8.8.8", "x/web", "80/tcp", both("", ""))).toBe("deny");
    expect(ask("8.8.8.8", "x/web", "80/tcp", both("order: 2,", "order: 1,"))).toBe("allow");
    expect(ask("8.8.8.8", "x/web", "80/tcp", both("", "order: 1,"))).toBe("allow");
  });

  test("Pass skips the rest of the tier; Kubernetes's policies are in the tier default, at 1000", () => {
    const passing = global(
      "{ tier: front, selector: all(), ingress: [{ action: Pass }, { action: Deny }] }",
      "front.a",
    );
    const kubernetes =
      "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: k, namespace: x }\nspec: { podSelector: {} }\n";
    const before = (order: number) => global(`{ order: ${order}, selector: all(), ingress: [{ action: Allow }] }`, "z");
    expect(ask("8.8.8.8", "x/web", "80/tcp", passing)).toBe("allow");
    expect(ask("8.8.8.8", "x/web", "80/tcp", passing + kubernetes)).toBe("deny");
    expect(ask("8.8.8.8", "x/web", "80/tcp", passing + kubernetes + before(999))).toBe("allow");
  });

  test("staged policies are not enforced", () => {
    expect(
      ask(
        "8.8.8.8",
        "x/web",
        "80/tcp",
        object("StagedGlobalNetworkPolicy", "s", "{ selector: all(), ingress: [{ action: Deny }] }"),
      ),
    ).toBe("allow");
  });
});

describe("rules", () => {
  const from = (source: string) =>
    global(`{ selector: app == 'web', ingress: [{ action: Allow, source: ${source} }] }`);
  test.each([
    ["{ nets: [8.8.0.0/16] }", "8.8.8.8", "9.9.9.9"],
    ["{ notNets: [8.8.0.0/16] }", "9.9.9.9", "8.8.8.8"],
    ["{ selector: role == 'office' }", "203.0.113.9", "8.8.8.8"],
    ["{ notSelector: role == 'office' }", "8.8.8.8", "203.0.113.9"],
    ["{ selector: app == 'db' || app == 'far' }", "x/far", "8.8.8.8"],
    ["{ namespaceSelector: team == 'a' }", "x/far", "203.0.113.9"],
    ["{ namespaceSelector: team != 'b' }", "x/far", "203.0.113.9"],
    ["{ namespaceSelector: global() , selector: has(role) }", "203.0.113.9", "x/far"],
    ["{ serviceAccounts: { names: [robot] } }", "x/db", "x/far"],
    ["{ serviceAccounts: { selector: role == 'clerk' } }", "x/db", "x/far"],
  ])("source %s takes %s and not %s", (source, inside, outside) => {
    expect(ask(inside, "x/web", "80/tcp", from(source))).toBe("allow");
    expect(ask(outside, "x/web", "80/tcp", from(source))).toBe("deny");
  });

  test("accounts without names and selector ask nothing, also in a policy of a namespace", () => {
    const spec = "{ selector: app == 'web', ingress: [{ action: Allow, source: { serviceAccounts: {} } }] }";
    expect(ask("8.8.8.8", "x/web", "80/tcp", object("NetworkPolicy", "any", spec, ", namespace: x"))).toBe("allow");
  });

  const one = (rule: string) => global(`{ selector: app == 'web', ingress: [{ action: Allow, ${rule} }] }`);
  test.each<readonly [string, string, Packet["circumstances"], string, Packet["circumstances"]]>([
    ["protocol: TCP, destination: { ports: [http] }", "8080/tcp", {}, "8081/tcp", {}],
    ["protocol: TCP, destination: { notPorts: [80, '90:99'] }", "89/tcp", {}, "95/tcp", {}],
    ["protocol: UDP, source: { ports: [53] }", "1/udp", { sourcePort: 53 }, "1/udp", { sourcePort: 54 }],
    ["notProtocol: TCP", "80/udp", {}, "80/tcp", {}],
    [
      "protocol: ICMP, icmp: { type: 8, code: 0 }",
      "0/other",
      {},
      "0/other",
      { other: { number: 1, icmp: { type: 8, code: 1 } } },
    ],
    [
      "protocol: ICMP, notICMP: { type: 8 }",
      "0/other",
      { other: { number: 1, icmp: { type: 3, code: 1 } } },
      "0/other",
      {},
    ],
    ["protocol: 47", "0/other", { other: { number: 47 } }, "0/other", {}],
    ["ipVersion: 4", "80/tcp", {}, "", {}],
  ])("%s takes %s (%o) and not %s (%o)", (rule, taken, how, left, otherwise) => {
    expect(ask("8.8.8.8", "x/web", taken, one(rule), how)).toBe("allow");
    if (left !== "") expect(ask("8.8.8.8", "x/web", left, one(rule), otherwise)).toBe("deny");
  });

  test("a service means the addresses of its endpoints; as a destination with their ports, and in the namespace of the policy", () => {
    const slice = `---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: { name: s-1, namespace: x, labels: { kubernetes.io/service-name: s } }\naddressType: IPv4\nendpoints: [{ addresses: [10.0.0.2] }]\nports: [{ port: 5432 }]\n`;
    const to = object(
      "NetworkPolicy",
      "to-s",
      "{ selector: app == 'web', types: [Egress], egress: [{ action: Allow, destination: { services: { name: s } } }] }",
      ", namespace: x",
    );
    const by = one("source: { services: { name: s, namespace: x } }");
    expect(ask("x/web", "x/db", "5432/tcp", slice + to)).toBe("allow");
    expect(ask("x/web", "x/db", "80/tcp", slice + to)).toBe("deny");
    expect(ask("x/db", "x/web", "80/tcp", slice + by)).toBe("allow");
    expect(ask("x/far", "x/web", "80/tcp", slice + by)).toBe("deny");
  });
});

describe("the node", () => {
  test("enforces for its own pods alone, and reaches them itself", () => {
    const policy = global("{ selector: all(), types: [Ingress, Egress] }");
    expect(ask("x/web", "x/db", "80/tcp", policy)).toBe("deny");
    expect(ask("8.8.8.8", "x/far", "80/tcp", policy)).toBe("allow");
    expect(ask(node, "x/web", "80/tcp", policy)).toBe("allow");
    expect(ask("x/web", node, "80/tcp", policy)).toBe("deny");
  });

  test("takes what its pods may send, unless DefaultEndpointToHostAction is DROP", () => {
    expect(ask("x/web", node)).toBe("allow");
    expect(ask("x/web", node, "80/tcp", "", {}, ["DefaultEndpointToHostAction=DROP"])).toBe("deny");
  });

  test("no pod may send into tunnels", () => {
    expect(ask("x/web", "8.8.8.8", "4789/udp")).toBe("deny");
    expect(ask("x/web", "8.8.8.8", "0/other", "", { other: { number: 4 } })).toBe("deny");
    expect(ask("8.8.8.8", "x/web", "4789/udp")).toBe("allow");
  });

  const host = object(
    "HostEndpoint",
    "eth0",
    "{ node: node-0, interfaceName: eth0, expectedIPs: [10.9.0.1] }",
    ", labels: { role: edge }",
  );
  test("with a host endpoint and no policy about it, only failsafe ports are open", () => {
    expect(ask("8.8.8.8", node, "80/tcp")).toBe("allow");
    expect(ask("8.8.8.8", node, "80/tcp", host)).toBe("deny");
    expect(ask("8.8.8.8", node, "22/tcp", host)).toBe("allow");
    expect(ask(node, "8.8.8.8", "53/udp", host)).toBe("allow");
    expect(ask(node, "8.8.8.8", "53/tcp", host)).toBe("deny");
    expect(ask("8.8.8.8", "x/web", "80/tcp", host)).toBe("allow");
  });

  test("nodes send each other packets through tunnels, whatever policies about the node say, and nobody else does", () => {
    const other = "10.9.0.2";
    const nodeOf = (name: string, address: string): string =>
      `---\napiVersion: v1\nkind: Node\nmetadata: { name: ${name}, annotations: { projectcalico.org/IPv4VXLANTunnelAddr: 10.1.0.1 } }\n` +
      `status: { addresses: [{ type: InternalIP, address: ${address} }] }\n`;
    const nodes = nodeOf("node-0", node) + nodeOf("node-1", other);
    const deny = global("{ selector: has(role), types: [Ingress, Egress] }");
    const pool = (mode: string) =>
      host + deny + nodes + object("IPPool", "p", `{ cidr: 10.0.0.0/24, ${mode}: Always }`);
    const ipip = { other: { number: 4 } };
    expect(ask(other, node, "0/other", pool("ipipMode"), ipip)).toBe("allow");
    expect(ask(node, other, "0/other", pool("ipipMode"), ipip)).toBe("allow");
    expect(ask("8.8.8.8", node, "0/other", pool("ipipMode"), ipip)).toBe("deny");
    expect(
      ask("8.8.8.8", node, "0/other", nodes + object("IPPool", "p", "{ cidr: 10.0.0.0/24, ipipMode: Always }"), ipip),
    ).toBe("deny");
    expect(ask("8.8.8.8", node, "0/other", nodes, ipip)).toBe("allow");
    expect(ask(other, node, "4789/udp", pool("vxlanMode"))).toBe("allow");
    expect(ask(node, other, "4789/udp", pool("vxlanMode"))).toBe("allow");
    expect(ask(node, "8.8.8.8", "4789/udp", pool("vxlanMode"))).toBe("deny");
    expect(ask(other, node, "4789/udp", pool("ipipMode"))).toBe("deny");
    const felix = ["WireguardEnabled=true", "WireguardListeningPort=4500"];
    expect(ask("8.8.8.8", node, "4500/udp", host + deny, {}, felix)).toBe("allow");
    expect(ask("8.8.8.8", node, "51820/udp", host + deny, {}, felix)).toBe("deny");
  });

  test("policies meet what is forwarded only with applyOnForward, and failsafe ports are nothing to that", () => {
    const policy = (extra: string) =>
      host + global(`{ ${extra} selector: role == 'edge', ingress: [{ action: Allow, protocol: UDP }] }`);
    expect(ask("8.8.8.8", "x/web", "22/tcp", policy(""))).toBe("allow");
    expect(ask("8.8.8.8", "x/web", "22/tcp", policy("applyOnForward: true,"))).toBe("deny");
    expect(ask("8.8.8.8", "x/web", "22/udp", policy("applyOnForward: true,"))).toBe("allow");
    expect(ask("8.8.8.8", node, "80/udp", policy(""))).toBe("allow");
  });

  test("policies before connection tracking and before translation come first, allow for good, and end in no denial", () => {
    const early = (when: string, action: string) =>
      host +
      global(
        `{ ${when}: true, applyOnForward: true, selector: role == 'edge', types: [Ingress], ingress: [{ action: ${action}, protocol: TCP }] }`,
      );
    for (const when of ["doNotTrack", "preDNAT"]) {
      expect(ask("8.8.8.8", node, "80/tcp", early(when, "Allow"))).toBe("allow");
      expect(ask("8.8.8.8", node, "80/udp", early(when, "Allow"))).toBe("deny");
      expect(ask("8.8.8.8", "x/web", "80/tcp", early(when, "Deny"))).toBe("deny");
      expect(ask("8.8.8.8", "x/web", "22/tcp", early(when, "Deny"))).toBe("allow");
      expect(ask("8.8.8.8", "x/web", "80/udp", early(when, "Deny"))).toBe("allow");
      expect(ask("x/web", "x/db", "80/tcp", early(when, "Deny"))).toBe("allow");
    }
  });
});

function object(kind: string, name: string, spec: string, metadata = ""): string {
  return `---\napiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec: ${spec}\n`;
}

function global(spec: string, name = "g"): string {
  return object("GlobalNetworkPolicy", name, spec);
}

function ask(
  source: string,
  destination: string,
  port = "80/tcp",
  documents = "",
  circumstances: Packet["circumstances"] = {},
  felix: readonly string[] = [],
): "allow" | "deny" {
  const { result, diagnostics } = compile([{ name: "a.yaml", text: pods + documents }], {
    engine: "calico",
    node: "node-0",
    hostInterfaces: [`eth0=${node}/24`],
    felix,
  });
  if (!result) throw new Error(diagnostics[0]?.message);
  const cluster = clusterOf(result.objects, result.specification);
  const [number, protocol] = port.split("/") as [string, Packet["protocol"]];
  const ends = { source: cluster.endpoint(source)!, destination: cluster.endpoint(destination)! };
  return judge(cluster, { ...ends, protocol, port: Number(number), circumstances }).verdict;
}
