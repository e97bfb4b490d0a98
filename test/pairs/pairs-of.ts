import { parseRelease } from "../../compiler/engines/azure-npm/release.js";
import { v2 } from "../../compiler/engines/azure-npm/v2/generations.js";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { admit } from "../../compiler/model/admit.js";
import type { KubernetesObject, NetworkPolicy } from "../../compiler/model/objects.js";
import { lowerPolicy } from "../../compiler/pairs/lower-policy.js";
import type { PolicyPairs } from "../../compiler/pairs/pair-group.js";
import type { Reading } from "../../compiler/pairs/reading.js";

/** The reading of the newest generation. */
export const { reading } = v2(parseRelease("v1.8.12")!, false);

export function objectsOf(text: string): readonly KubernetesObject[] {
  const { objects, diagnostics } = admit(parseDocuments({ name: "policy.yaml", text }).documents);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return objects;
}

/** The pairs of policy x/p with the given spec (YAML, indented by any amount). */
export function pairsOf(spec: string, as: Partial<Reading> = {}): PolicyPairs {
  const head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec:\n";
  const indent = /^\n?( *)/.exec(spec)![1]!.length;
  const lines = spec.split("\n").filter((line) => line.trim() !== "");
  const [policy] = objectsOf(head + lines.map((line) => `  ${line.slice(indent)}\n`).join(""));
  return lowerPolicy(policy as NetworkPolicy, { ...reading, ...as });
}
