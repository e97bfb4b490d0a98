import { expect, test } from "vitest";
import { byAddress } from "../../compiler/simulate/classes.js";
import { clusterOf } from "../../compiler/simulate/cluster.js";
import { matrixCsv } from "../../compiler/simulate/matrix-csv.js";
import { matrixOf } from "../../compiler/simulate/matrix.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import { reachBySpec } from "../../compiler/simulate/reach-by-spec.js";
import { compileText } from "./vectors.js";

const text = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: x, labels: { app: web } }
spec: { containers: [{ name: c, image: i, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.0.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: x, labels: { app: db } }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: 10.0.0.2 }
---
apiVersion: v1
kind: Pod
metadata: { name: six, namespace: x }
spec: { containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: "2001:db8::1" }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: x }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress:
  - from: [{ podSelector: { matchLabels: { app: db } } }]
    ports: [{ port: 80 }, { port: http }, { port: 5000, endPort: 5010 }, { port: 53, protocol: UDP }, { protocol: SCTP }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: x }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress:
  - from: [{ ipBlock: { cidr: 8.8.8.0/24 } }]
`;

const csv = `source,destination,protocol,ports
x/db,x/web,tcp,80;5000-5010;8080
x/db,x/web,udp,53
x/db,x/web,sctp,0-65535
x/db,8.8.8.8,tcp,0-65535
x/db,8.8.8.8,udp,0-65535
x/db,8.8.8.8,sctp,0-65535
x/db,8.8.8.8,other,
x/web,8.8.8.8,tcp,0-65535
x/web,8.8.8.8,udp,0-65535
x/web,8.8.8.8,sctp,0-65535
x/web,8.8.8.8,other,
8.8.8.8,x/db,tcp,0-65535
8.8.8.8,x/db,udp,0-65535
8.8.8.8,x/db,sctp,0-65535
8.8.8.8,x/db,other,
`;

const { objects, tables } = compileText(text);
const cluster = clusterOf(objects);
const external = ["8.8.8.8", "10.0.0.2", "8.8.8.8"];

test("by the specification", () => {
  expect([...matrixCsv(matrixOf(cluster, reachBySpec(cluster), { external }))].join("")).toBe(csv);
});

test("by the rules", () => {
  expect([...matrixCsv(matrixOf(cluster, byAddress(reachByRules(tables)), { external }))].join("")).toBe(csv);
});

test("a pod with itself and two addresses outside are no pairs", () => {
  const matrix = matrixOf(cluster, reachBySpec(cluster), { external: ["8.8.8.8", "9.9.9.9"] });
  expect(matrix.endpoints.map(({ name }) => name)).toEqual(["x/db", "x/web", "8.8.8.8", "9.9.9.9"]);
  expect(matrix.passage(0, 0)).toBeUndefined();
  expect(matrix.passage(2, 3)).toBeUndefined();
  expect(matrix.passage(0, 2)).toBeDefined();
});

test("what passes only perhaps is kept apart, and left out of the CSV", () => {
  const unsure = {
    sets: [],
    chains: [
      {
        name: "FORWARD",
        policy: "DROP" as const,
        rules: [
          {
            matches: [{ kind: "other" as const, words: ["-i", "eth0"] }],
            target: { kind: "jump" as const, to: "ACCEPT" },
          },
        ],
      },
    ],
  };
  const matrix = matrixOf(cluster, byAddress(reachByRules(unsure)));
  expect(matrix.passage(0, 1)).toEqual({ allowed: [], depends: [0, 3 * 65536] });
  expect([...matrixCsv(matrix)]).toHaveLength(1);
});
