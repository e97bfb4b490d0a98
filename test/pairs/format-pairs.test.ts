import { expect, test } from "vitest";
import { formatPairs } from "../../compiler/pairs/format-pairs.js";
import { lowerPolicy } from "../../compiler/pairs/lower-policy.js";
import { objectsOf, reading } from "./pairs-of.js";

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: x, labels: {team: a}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: x, labels: {app: web}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.0.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: x, labels: {app: client}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.0.0.2}
---
apiVersion: v1
kind: Pod
metadata: {name: node-agent, namespace: x, labels: {app: client}}
spec: {hostNetwork: true, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.0.0.3}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: x, labels: {app: client}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Succeeded, podIP: 10.0.0.4}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: x}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: client}}}]
      ports: [{port: http}]
    - from: [{namespaceSelector: {matchLabels: {team: b}}}]
`;

function format(text: string, resolve: boolean): string {
  const objects = objectsOf(text);
  const pairs = objects.flatMap((object) => (object.kind === "NetworkPolicy" ? [lowerPolicy(object, reading)] : []));
  return formatPairs(pairs, resolve ? objects : undefined);
}

test("pairs say who may talk to whom on what, and what is disallowed", () => {
  expect(format(cluster, false)).toBe(`policy x/web  (policy.yaml:30:1)

  ingress to pods labelled app=web in namespace x
    allow    from pods labelled app=client in namespace x on http/tcp (by name)  (spec.ingress[0].from[0])
    allow    from all pods in namespaces labelled team=b on any port  (spec.ingress[1].from[0])
    disallow everything else
`);
});

test("resolved pairs list the addresses that the sets hold: no host-network and no finished pods", () => {
  expect(format(cluster, true)).toBe(`policy x/web  (policy.yaml:30:1)

  ingress to pods labelled app=web in namespace x
    allow    from pods labelled app=client in namespace x on http/tcp (by name)  (spec.ingress[0].from[0])
             sources:      10.0.0.2 (x/client)
             destinations: 10.0.0.1 (x/web)
             port http/tcp: 10.0.0.1:8080
             1 × 1 = 1 pair of addresses on 1 port entry
    allow    from all pods in namespaces labelled team=b on any port  (spec.ingress[1].from[0])
             sources:      none
             destinations: 10.0.0.1 (x/web)
             0 × 1 = 0 pairs of addresses on 1 port entry
    disallow everything else
             sources:      every address
             destinations: 10.0.0.1 (x/web)
`);
});

test("a port name that two protocols use means a number of each", () => {
  const policy = `apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: x}
spec: {containers: [{name: c, image: i, ports: [{name: dns, containerPort: 5353}, {name: dns-u, containerPort: 53, protocol: UDP}]}]}
status: {phase: Running, podIP: 10.0.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: x}
spec: {containers: [{name: c, image: i, ports: [{name: dns, containerPort: 54, protocol: UDP}]}]}
status: {phase: Running, podIP: 10.0.0.2}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: x}
spec: {podSelector: {}, ingress: [{ports: [{port: dns}, {port: dns, protocol: UDP}]}]}
`;
  expect(format(policy, true)).toContain(`
             port dns/tcp: 10.0.0.1:5353
             port dns/udp: 10.0.0.2:54
`);
});

test("an allow-all policy says that nothing is disallowed", () => {
  const open =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {podSelector: {}, ingress: [{}]}\n";
  expect(format(open, false)).toContain(
    "    allow    from anywhere on any port  (spec.ingress[0])\n    nothing is disallowed\n",
  );
});
