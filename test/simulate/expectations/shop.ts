import { compile } from "../../../compiler/compile.js";
import {
  checkExpectations,
  type CheckedExpectations,
} from "../../../compiler/simulate/expectations/check-expectations.js";
import { parseExpectations } from "../../../compiler/simulate/expectations/parse-expectations.js";
import { formatDiagnostic } from "../../../compiler/text/format-diagnostic.js";

/** Four pods in two namespaces. Only pods of the shop may call the API, on port 80. */
export const shop = `
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: web, labels: {app: web}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: api, labels: {app: api}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: test, name: probe}
spec:
  replicas: 2
  selector: {matchLabels: {app: probe}}
  template: {metadata: {labels: {app: probe}}, spec: {containers: [{name: c, image: i}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: api-from-shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
    - from: [{podSelector: {}}]
      ports: [{port: 80}]
`;

/** Checks `text` as the file e.yaml; manifests are m.yaml. */
export function checkText(text: string, manifests = shop, namespace?: string): CheckedExpectations {
  const { result, diagnostics } = compile([{ name: "m.yaml", text: manifests }]);
  if (!result) throw new Error(formatDiagnostic(diagnostics[0]!));
  const parsed = parseExpectations({ name: "e.yaml", text });
  if (parsed.diagnostics.length > 0) throw new Error(parsed.diagnostics.map((found) => found.message).join("\n"));
  const { objects, tables } = result;
  return checkExpectations(parsed.expectations, { objects, tables, ...(namespace !== undefined && { namespace }) });
}

/** `met`, `failed`, or what is wrong with the expectation: for each item. */
export function outcomes(items: string, manifests = shop, namespace?: string): readonly string[] {
  const { results, diagnostics } = checkText(`expect:\n${items}`, manifests, namespace);
  return [
    ...results.map(({ failures, pairs }) => `${failures.length === 0 ? "met" : "failed"}, pairs: ${pairs}`),
    ...diagnostics.map(({ code, message }) => `${code}: ${message}`),
  ];
}
