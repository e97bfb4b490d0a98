import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDocuments } from "../../compiler/manifest/parse-documents.js";
import { admit } from "../../compiler/model/admit.js";
import { isError } from "../../compiler/text/diagnostic.js";
import { toStored } from "./to-stored.js";

/** What Kubernetes 1.34's own decoding, defaulting and validation said of one document. */
interface Verdict {
  readonly kind?: string;
  readonly accept: boolean;
  readonly decode_error?: string;
  readonly strict_errors: readonly string[];
  readonly errors: readonly { readonly field: string }[];
  readonly warnings: readonly string[];
  readonly object?: { readonly metadata: Record<string, unknown>; readonly spec: unknown };
}

interface Vector {
  readonly accept: boolean;
  readonly documents: readonly Verdict[] | null;
}

const folder = new URL("../../../shared/vectors/validation/", import.meta.url);
const present = existsSync(folder);
if (!present) console.log("skipped: ../shared/vectors/validation is not there");

const names = present
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => name.slice(0, -".yaml".length))
  : [];

describe.skipIf(!present)("admission answers as Kubernetes 1.34 does", () => {
  test("the table is there", () => {
    expect(names.length).toBeGreaterThan(200);
  });

  test.each(names)("%s", (name) => {
    const text = readFileSync(new URL(`${name}.yaml`, folder), "utf8");
    const vector = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Vector;
    const verdicts = vector.documents ?? [];
    const { documents, diagnostics: syntax } = parseDocuments({ name, text });
    const admission = admit(documents);
    const found = [...syntax, ...admission.diagnostics];
    const errors = found.filter(isError);

    expect(errors.length === 0).toBe(vector.accept);
    if (verdicts.every((verdict) => verdict.decode_error === undefined)) {
      expect(fieldsOf(errors)).toEqual([...new Set(verdicts.flatMap(expectedFields))].sort());
    } else {
      for (const verdict of verdicts) {
        const field = /Go struct field \w+\.([\w.]+) of type/.exec(verdict.decode_error ?? "")?.[1];
        // Go's words leave indices out.
        if (field) expect(fieldsOf(errors.map(withoutIndices))).toEqual([field]);
      }
    }
    expect(found.filter((warning) => !isError(warning)).length).toBe(
      verdicts.reduce((sum, verdict) => sum + verdict.warnings.length, 0),
    );
    const accepted = verdicts.filter((verdict) => verdict.accept && verdict.kind === "NetworkPolicy");
    const stored = admission.objects.flatMap((object) => (object.kind === "NetworkPolicy" ? [toStored(object)] : []));
    expect(stored).toEqual(
      accepted.map(({ object }) => ({
        namespace: object?.metadata["namespace"],
        name: object?.metadata["name"],
        spec: object?.spec,
      })),
    );
  });
});

function fieldsOf(errors: readonly { readonly field?: string }[]): readonly string[] {
  return [...new Set(errors.map(({ field }) => field ?? ""))].sort();
}

function withoutIndices({ field }: { readonly field?: string }): { field: string } {
  return { field: (field ?? "").replace(/\[\d+\]/g, "") };
}

/** Fields that the server names, in errors of both sorts. YAML's own words for a repeated key name the key alone. */
function expectedFields(verdict: Verdict): readonly string[] {
  const strict = verdict.strict_errors.map((said) => {
    const field = /field "([^"]+)"/.exec(said)?.[1];
    if (field) return field;
    return repeatedKeys[/key "(\w+)" already set/.exec(said)?.[1] ?? ""] ?? said;
  });
  return [...strict, ...verdict.errors.map(({ field }) => field)];
}

const repeatedKeys: Readonly<Record<string, string>> = {
  podSelector: "spec.podSelector",
  a: "spec.podSelector.matchLabels.a",
  kind: "kind",
};
