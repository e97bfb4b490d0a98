import { compile, type CompileOptions, type CompileResult } from "../../../compiler/compile.js";
import { logEntriesOf } from "../../../compiler/engines/effects.js";
import { printMessages } from "../../../compiler/log/print-log.js";
import { printRule } from "../../../compiler/netfilter/print-rule.js";
import type { Tables } from "../../../compiler/netfilter/tables.js";

const pods = `apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: api, labels: { app: api } }
spec: { nodeName: node-0, containers: [{ name: c, image: api }] }
status: { phase: Running, podIP: 10.224.0.4 }
---
apiVersion: v1
kind: Pod
metadata: { namespace: shop, name: web, labels: { app: web } }
spec: { nodeName: node-1, containers: [{ name: c, image: web }] }
status: { phase: Running, podIP: 10.224.0.5 }
---
`;

/** A policy for the pod api, with rules for what it receives. */
export function ingressPolicy(rules: string): string {
  return `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { namespace: shop, name: api }
spec: { selector: app == 'api', ingress: [${rules}] }`;
}

/** Pods api, on node-0, and web, on another, and more documents. */
function podsOf(documents: string): { readonly name: string; readonly text: string }[] {
  return [{ name: "a.yaml", text: pods + documents }];
}

export function tablesOf(documents: string, options: Partial<CompileOptions>): Tables {
  return compiled(documents, options).tables;
}

/** What Felix logs. */
export function logged(documents: string, options: Partial<CompileOptions>): string {
  return printMessages(logEntriesOf(compiled(documents, options).effects())).join("");
}

function compiled(documents: string, options: Partial<CompileOptions>): CompileResult {
  return compile(podsOf(documents), { engine: "calico", node: "node-0", ...options }).result!;
}

/** The rules of the filter table. */
export function saved(documents: string, options: Partial<CompileOptions>): string {
  return tablesOf(documents, options)
    .chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${printRule(rule)}`))
    .join("\n");
}
