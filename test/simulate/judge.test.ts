import { describe, expect, test } from "vitest";
import { clusterOf } from "../../compiler/simulate/cluster.js";
import { judge } from "../../compiler/simulate/judge.js";
import type { DirectionJudgement, Judgement, Packet } from "../../compiler/simulate/judgement.js";
import { formatLocation } from "../../compiler/text/source.js";
import { compileText } from "./vectors.js";

const pods = `
apiVersion: v1
kind: Namespace
metadata: { name: x, labels: { team: a } }
---
apiVersion: v1
kind: Namespace
metadata: { name: z, labels: { team: b } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: x, labels: { app: web } }
spec:
  containers: [{ name: c, image: i, ports: [{ name: http, containerPort: 8080 }] }]
status: { phase: Running, podIP: 10.0.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: x, labels: { app: db } }
spec:
  containers: [{ name: c, image: i, ports: [{ name: http, containerPort: 5432, protocol: UDP }] }]
status: { phase: Running, podIP: 10.0.0.2 }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: z, labels: { app: web } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.0.0.3 }
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: x, labels: { app: web } }
spec: { hostNetwork: true, containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.9.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: done, namespace: x }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Succeeded, podIP: 10.0.0.9 }
`;

describe("isolation", () => {
  test("without a policy everybody reaches everybody", () => {
    expect(ask("", "z/web", "x/web", "80/tcp")).toBe("allow");
    expect(ask("", "8.8.8.8", "x/web", "80/tcp")).toBe("allow");
  });

  test("a policy without rules refuses everything in its directions, and only there", () => {
    const policy = "{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] }";
    expect(ask(policy, "z/web", "x/web", "80/tcp")).toBe("deny: ingress");
    expect(ask(policy, "z/web", "x/web", "0/other")).toBe("deny: ingress");
    expect(ask(policy, "x/web", "z/web", "80/tcp")).toBe("allow");
    expect(ask(policy, "z/web", "x/db", "80/tcp")).toBe("allow");
  });

  test("both ends must consent", () => {
    const policy = "{ podSelector: {}, policyTypes: [Ingress, Egress] }";
    expect(ask(policy, "x/db", "x/web", "80/tcp")).toBe("deny: ingress and egress");
    expect(ask(policy, "x/db", "z/web", "80/tcp")).toBe("deny: egress");
  });

  test("policies of one pod add up", () => {
    const deny = "{ podSelector: {}, policyTypes: [Ingress] }";
    const allow = "{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ podSelector: {} }] }] }";
    expect(ask([deny, allow], "x/db", "x/web", "80/tcp")).toBe("allow");
    expect(ask([deny, allow], "z/web", "x/web", "80/tcp")).toBe("deny: ingress");
    expect(ask([deny, allow], "x/web", "x/db", "80/tcp")).toBe("deny: ingress");
  });

  test("a pod on its host's network is not selected and not meant by selectors, but by its address", () => {
    expect(ask("{ podSelector: {}, policyTypes: [Ingress] }", "z/web", "x/agent", "80/tcp")).toBe("allow");
    const bySelector = "{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }";
    expect(ask(bySelector, "x/agent", "x/web", "80/tcp")).toBe("deny: ingress");
    const byBlock = "{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.9.0.0/16 } }] }] }";
    expect(ask(byBlock, "x/agent", "x/web", "80/tcp")).toBe("allow");
  });

  test("a finished pod is no endpoint, and its address is one outside", () => {
    const cluster = clusterOf(compileText(pods).objects);
    expect(cluster.endpoint("x/done")).toBeUndefined();
    expect(cluster.endpoint("10.0.0.9")).toEqual({ kind: "outside", address: "10.0.0.9" });
    expect(cluster.endpoint("10.0.0.1")).toMatchObject({ kind: "pod", pod: { name: "web" } });
    expect(cluster.endpoint("nobody")).toBeUndefined();
  });
});

describe("peers", () => {
  const from = (peer: string): string => `{ podSelector: {}, ingress: [{ from: [${peer}] }] }`;

  test.each([
    ["pods of the policy's namespace only", "{ podSelector: { matchLabels: { app: web } } }", "x/web", "z/web"],
    ["namespaces by their labels", "{ namespaceSelector: { matchLabels: { team: b } } }", "z/web", "x/web"],
    [
      "namespaces by their name",
      "{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: z } } }",
      "z/web",
      "x/web",
    ],
    [
      "pods and namespaces together",
      "{ namespaceSelector: {}, podSelector: { matchLabels: { app: web } } }",
      "z/web",
      "8.8.8.8",
    ],
    [
      "all of several values of NotIn",
      "{ namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [a, c] }] } }",
      "z/web",
      "x/web",
    ],
    [
      "no address outside, whatever a selector rules out",
      "{ namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] } }",
      undefined,
      "8.8.8.8",
    ],
    ["addresses of pods, too", "{ ipBlock: { cidr: 10.0.0.3/32 } }", "z/web", "x/web"],
    ["addresses outside", "{ ipBlock: { cidr: 8.0.0.0/8, except: [8.1.0.0/16] } }", "8.8.8.8", "8.1.2.3"],
    ["host bits do not count", "{ ipBlock: { cidr: 8.8.8.8/8 } }", "8.1.2.3", "9.1.2.3"],
    ["IPv6 addresses by IPv6 blocks", '{ ipBlock: { cidr: "2001:db8::/33" } }', "2001:db8:7fff::1", "2001:db8:8000::1"],
    ["IPv4 addresses not by ::/0", '{ ipBlock: { cidr: "::/0" } }', "2001:db8::1", "8.8.8.8"],
  ])("%s: %s", (_, peer, inside, outside) => {
    if (inside) expect(ask(from(peer), inside, "x/db", "80/tcp")).toBe("allow");
    expect(ask(from(peer), outside, "x/db", "80/tcp")).toBe("deny: ingress");
  });
});

describe("ports", () => {
  const on = (port: string): string => `{ podSelector: {}, ingress: [{ ports: [${port}] }] }`;

  test.each([
    ["a number, TCP unless it says otherwise", "{ port: 80 }", ["80/tcp"], ["81/tcp", "80/udp", "0/other"]],
    ["a range, both ends included", "{ port: 80, endPort: 90 }", ["80/tcp", "90/tcp"], ["79/tcp", "91/tcp"]],
    ["a protocol alone, all of its ports", "{ protocol: SCTP }", ["0/sctp", "65535/sctp"], ["80/tcp", "0/other"]],
    ["a name, as the destination calls it", "{ port: http }", ["8080/tcp"], ["80/tcp", "8080/udp"]],
    ["a name under another protocol means nothing", "{ port: http, protocol: UDP }", [], ["8080/udp", "8080/tcp"]],
  ])("%s", (_, port, taken, refused) => {
    for (const packet of taken) expect(ask(on(port), "z/web", "x/web", packet)).toBe("allow");
    for (const packet of refused) expect(ask(on(port), "z/web", "x/web", packet)).toBe("deny: ingress");
  });

  test("for egress, too, a name is looked up at the destination", () => {
    const policy = "{ podSelector: {}, policyTypes: [Egress], egress: [{ ports: [{ port: http, protocol: UDP }] }] }";
    expect(ask(policy, "x/web", "x/db", "5432/udp")).toBe("allow");
    expect(ask(policy, "x/db", "x/web", "8080/udp")).toBe("deny: egress");
    expect(ask(policy, "x/db", "8.8.8.8", "8080/udp")).toBe("deny: egress");
  });

  test("a rule without ports takes protocols without ports", () => {
    expect(ask("{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }", "x/web", "x/db", "0/other")).toBe(
      "allow",
    );
  });
});

describe("reasons", () => {
  test("a rule that allows: policy, field and place of the peer that matched", () => {
    const policy =
      "\n  podSelector: {}\n  ingress:\n  - ports: [{ port: 81 }]\n  - from:\n    - ipBlock: { cidr: 8.0.0.0/8 }\n    - podSelector: {}\n    ports: [{ port: 80 }]";
    const { ingress, egress } = judged(policy, "x/db", "x/web", "80/tcp");
    expect(show(ingress)).toEqual(["x/policy0 rule 1 peer 1 port 0 at spec.ingress[1].from[1], manifests.yaml:51:7"]);
    expect(egress.reasons).toEqual([{ kind: "not-isolated" }]);
  });

  test("a port without peers, or a rule without both, is the place", () => {
    expect(
      show(judged("{ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }", "x/db", "x/web", "80/tcp").ingress),
    ).toEqual(["x/policy0 rule 0 port 0 at spec.ingress[0].ports[0], manifests.yaml:45:46"]);
    expect(show(judged("{ podSelector: {}, ingress: [{}] }", "x/db", "x/web", "80/tcp").ingress)).toEqual([
      "x/policy0 rule 0 at spec.ingress[0], manifests.yaml:45:36",
    ]);
  });

  test("a refusal names every policy that isolates", () => {
    const found = judged(
      ["{ podSelector: {}, policyTypes: [Ingress] }", "{ podSelector: {}, ingress: [{ ports: [{ port: 81 }] }] }"],
      "8.8.8.8",
      "x/web",
      "80/tcp",
    );
    expect(show(found.ingress)).toEqual([
      "x/policy0 at spec.podSelector, manifests.yaml:45:22",
      "x/policy1 at spec.ingress, manifests.yaml:50:36",
    ]);
    expect(found.egress.reasons).toEqual([{ kind: "not-a-pod" }]);
  });
});

/** `allow`, or which directions refuse. Policies are specs of policies in namespace x; a packet is `80/tcp`. */
function ask(policies: string | readonly string[], from: string, to: string, packet: string): string {
  const { verdict, ingress, egress } = judged(policies, from, to, packet);
  const refusing = Object.entries({ ingress, egress }).filter(([, its]) => its.verdict === "deny");
  expect(verdict).toBe(refusing.length === 0 ? "allow" : "deny");
  return refusing.length === 0 ? "allow" : `deny: ${refusing.map(([name]) => name).join(" and ")}`;
}

function judged(policies: string | readonly string[], from: string, to: string, packet: string): Judgement {
  const specs = [policies].flat().filter((spec) => spec !== "");
  const documents = specs.map(
    (spec, index) =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: policy${index}, namespace: x }\nspec: ${spec}\n`,
  );
  const cluster = clusterOf(compileText(pods + documents.join("")).objects);
  const [port, protocol] = packet.split("/") as [string, Packet["protocol"]];
  return judge(cluster, {
    source: cluster.endpoint(from)!,
    destination: cluster.endpoint(to)!,
    protocol,
    port: Number(port),
  });
}

function show({ reasons }: DirectionJudgement): readonly string[] {
  return reasons.map((reason) => {
    if (!("policy" in reason)) return reason.kind;
    const place = `at ${reason.field}, ${formatLocation(reason.location)}`;
    if (reason.kind !== "rule-allows") return `${reason.policy} ${place}`;
    const indexes = Object.entries({ rule: reason.rule, peer: reason.peer, port: reason.port });
    const known = indexes.filter(([, index]) => index !== undefined).map((words) => words.join(" "));
    return `${reason.policy} ${known.join(" ")} ${place}`;
  });
}
