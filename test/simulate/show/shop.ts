import { compile } from "../../../compiler/compile.js";
import { legendOf } from "../../../compiler/simulate/legend.js";
import { readBack } from "../../../compiler/simulate/read-back.js";
import { viewMatrix, type MatrixQuestion } from "../../../compiler/simulate/show/view-matrix.js";
import type { MatrixView } from "../../../compiler/simulate/show/view.js";

/** Two web pods that may ask the api for HTTP and nothing else of it, and a db that sends and gets nothing. */
export const shop = `
${pod("shop", "web-0", "web", 10)}
---
${pod("shop", "web-1", "web", 11)}
---
${pod("shop", "api", "api", 12)}
---
${pod("store", "db", "db", 13)}
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: api-from-web }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - from: [{ podSelector: { matchLabels: { app: web } } }]
      ports: [{ port: 80 }]
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: store, name: closed }
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
`;

export function pod(namespace: string, name: string, app: string, host: number): string {
  return `kind: Pod
apiVersion: v1
metadata: { namespace: ${namespace}, name: ${name}, labels: { app: ${app} } }
spec: { containers: [{ name: main, image: nginx }] }
status: { phase: Running, podIP: 10.0.${host >> 8}.${host & 255} }`;
}

/** The matrix of manifests by the rules of v2, or by the specification. */
export function viewOf(text: string, question: MatrixQuestion = {}, by: "rules" | "spec" = "rules"): MatrixView {
  const { result } = compile([{ name: "shop.yaml", text }]);
  const rules = { tables: readBack(result!.tables), legend: legendOf(result!.tables), name: "the rules" };
  const { view, diagnostics } = viewMatrix({ objects: result!.objects, ...(by === "rules" && { rules }) }, question);
  if (!view) throw new Error(diagnostics[0]!.message);
  return view;
}
