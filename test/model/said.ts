import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { admit, type Admission } from "../../compiler/model/admit.js";
import type { ReadOptions } from "../../compiler/model/read-source.js";
import type { Diagnostic } from "../../compiler/text/diagnostic.js";
import { positionOf } from "../../compiler/text/source.js";

/** Admits text as a file called `a.yaml`. */
export function admitText(text: string, options: ReadOptions = {}): Admission {
  const { documents, diagnostics } = parseDocuments({ name: "a.yaml", text });
  if (diagnostics.length > 0) throw new Error(diagnostics.map((found) => found.message).join("\n"));
  return admit(documents, options);
}

/** What admission says of a text: `7:5 error cidr-missing ns/p spec.x.cidr`, a line each. */
export function said(text: string, options: ReadOptions = {}): readonly string[] {
  return admitText(text, options).diagnostics.map(line);
}

export function line(found: Diagnostic): string {
  const place = found.location ? positionOf(found.location) : undefined;
  const at = place ? `${place.line}:${place.column} ` : "";
  return `${at}${found.severity} ${found.code} ${found.object ?? "-"} ${found.field ?? "-"}`;
}

/** What is said and what to write instead, of the only diagnostic. */
export function words(text: string, options: ReadOptions = {}): string {
  const { diagnostics } = admitText(text, options);
  if (diagnostics.length !== 1)
    throw new Error(`${diagnostics.length} diagnostics: ${diagnostics.map(line).join(", ")}`);
  return `${diagnostics[0]!.message}; fix: ${diagnostics[0]!.fix}`;
}

/** A policy `ns1/p` with this spec, in YAML's flow style. */
export function policy(spec: string, metadata = "name: p, namespace: ns1"): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {${metadata}}\nspec: ${spec}\n`;
}
