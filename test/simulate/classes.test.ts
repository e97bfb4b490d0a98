import { expect, test } from "vitest";
import { byAddress, endpointClasses, outsideClasses } from "../../compiler/simulate/classes.js";
import { clusterOf } from "../../compiler/simulate/cluster.js";
import { formatIp } from "../../compiler/simulate/ip.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import { reachBySpec } from "../../compiler/simulate/reach-by-spec.js";
import { compileText } from "./vectors.js";

const pod = (name: string, app: string, ip: string): string => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: x, labels: { app: ${app}, index: "${name}" } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: ${ip} }
`;

const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: x }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress:
  - from:
    - ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] }
    - podSelector: { matchLabels: { app: web } }
`;

const { objects, tables } = compileText(
  policy +
    pod("a", "web", "10.1.0.1") +
    pod("b", "web", "10.1.0.2") +
    pod("c", "db", "10.1.0.3") +
    pod("d", "db", "10.2.0.1"),
);
const cluster = clusterOf(objects);
const reaches = [byAddress(reachByRules(tables)), reachBySpec(cluster)];

test("pods that neither rules nor policies tell apart are one class, whatever labels they have besides", () => {
  const classes = endpointClasses(reaches, cluster.endpoints);
  expect(classes.map(({ members }) => members.map(({ address }) => address))).toEqual([
    ["10.1.0.1", "10.1.0.2"],
    ["10.1.0.3"],
    ["10.2.0.1"],
  ]);
});

test("addresses outside are cut exactly at the blocks in play, and the addresses of pods are left out", () => {
  const classes = outsideClasses(reaches, cluster.endpoints, 4);
  const shown = classes.map(({ members }) => members.map(({ first, last }) => `${formatIp(first)}-${formatIp(last)}`));
  expect(shown).toEqual([
    ["0.0.0.0-9.255.255.255", "10.1.0.0-10.1.0.0", "10.1.0.4-10.1.255.255", "11.0.0.0-255.255.255.255"],
    ["10.0.0.0-10.0.255.255", "10.2.0.0-10.2.0.0", "10.2.0.2-10.255.255.255"],
  ]);
});
