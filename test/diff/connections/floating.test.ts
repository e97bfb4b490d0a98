import { expect, test } from "vitest";
import { connectionRows } from "../../../compiler/diff/connections/connection-rows.js";
import { diff } from "../../../compiler/diff/diff.js";
import { floatingPod, namespaceOfPods } from "../../annotated-pods.js";
import { versionOf } from "../versions.js";

const options = { engine: "calico", node: "node-0", felix: ["FloatingIPs=Enabled"] };

/** Of web, 80 alone from everywhere. */
const policy = (app: string) => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: x, name: p }
spec: { podSelector: { matchLabels: { app: ${app} } }, ingress: [{ ports: [{ port: 80 }] }] }
`;

/** What opens or closes towards an address: `8.8.8.8 tcp 80`, senders without a namespace being all that are alike. */
function towards(address: string, what: "opened" | "closed", before: string, after: string): readonly string[] {
  const [old, young] = [before, after].map((text) => versionOf(namespaceOfPods + text, options));
  const { connections } = diff(old!, young!);
  return connectionRows(connections, what, 1000)
    .rows.filter(({ destination }) => destination === address)
    .map(({ source, protocol, ports }) => `${source} ${protocol} ${ports}`.trim());
}

const db = floatingPod("db", "10.0.0.2", "[]");
const anyTcp = (source: string) => `${source} tcp 0-65535`;

test("a floating address opens connections to its pod, as the pod's policies let them pass, and nobody sends from it", () => {
  const web = (floating: string) => floatingPod("web", "10.0.0.1", floating) + db + policy("web");
  const opened = towards("10.9.0.1", "opened", web("[]"), web('["10.9.0.1"]'));
  expect(opened).toEqual(["203.0.113.1 tcp 80", "x/db tcp 80", "x/web tcp 80"]);
  expect(towards("10.9.0.1", "closed", web('["10.9.0.1"]'), web("[]"))).toEqual(opened);
  const [old, young] = ["[]", '["10.9.0.1"]'].map((floating) => versionOf(namespaceOfPods + web(floating), options));
  const { connections } = diff(old!, young!);
  expect(connections.flatMap(({ sources }) => sources.map(({ name }) => name))).not.toContain("10.9.0.1");
});

test("a policy of the pod closes connections to its floating address, too", () => {
  const web = floatingPod("web", "10.0.0.1", '["10.9.0.1"]') + db;
  const closed = towards("10.9.0.1", "closed", web + policy("nobody"), web + policy("web"));
  expect(closed).toContain("x/db tcp 0-79;81-65535");
  expect(closed).toContain("203.0.113.1 tcp 0-79;81-65535");
  expect(towards("10.0.0.1", "closed", web, web)).toEqual([]);
});

test("a policy of a sender closes its connections to the floating address of the pod that it may not reach", () => {
  const egress = (block: string) => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: x, name: p }
spec: { podSelector: { matchLabels: { app: db } }, policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: ${block} } }] }] }
`;
  const web = floatingPod("web", "10.0.0.1", '["10.9.0.1"]') + db;
  expect(towards("10.9.0.1", "closed", web + egress("10.0.0.0/24"), web + egress("10.9.0.0/24"))).toContain(
    anyTcp("x/db"),
  );
  expect(towards("10.9.0.1", "closed", web + egress("10.0.0.0/24"), web + egress("10.0.0.1/32"))).toEqual([]);
});

test("one that goes to another pod takes on what that may get", () => {
  const pods = (web: string, api: string) =>
    floatingPod("web", "10.0.0.1", web) + floatingPod("api", "10.0.0.3", api) + db + policy("web");
  const opened = towards("10.9.0.1", "opened", pods('["10.9.0.1"]', "[]"), pods("[]", '["10.9.0.1"]'));
  expect(opened).toContain("203.0.113.1 tcp 0-79;81-65535");
  expect(opened).toContain("x/db tcp 0-79;81-65535");
});
