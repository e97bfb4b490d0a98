import fc from "fast-check";
import type { CompileOptions } from "../../compiler/compile.js";
import { compileVersion } from "../../compiler/compile-version.js";
import type { DiffVersion } from "../../compiler/diff/diff.js";
import { formatDiagnostic } from "../../compiler/text/format-diagnostic.js";
import { clusters, type Manifest } from "../agreement/clusters.js";

/** A version of manifests, compiled. */
export function versionOf(text: string, options: CompileOptions = {}, name = "manifests.yaml"): DiffVersion {
  const how = { label: options.generation ?? name, fileOf: (file: string) => file };
  const { version, diagnostics } = compileVersion([{ name, text }], options, how);
  if (!version) throw new Error(diagnostics.map((found) => formatDiagnostic(found)).join("\n"));
  return version;
}

/** Manifests as one text. */
export function textOf(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => JSON.stringify(manifest, null, 1)).join("\n---\n");
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Two versions of one of some clusters: some objects stay, some are other ones, some come and go. */
export const versionPairsOf = (
  of: fc.Arbitrary<readonly Manifest[]>,
): fc.Arbitrary<readonly [readonly Manifest[], readonly Manifest[]]> =>
  fc
    .tuple(of, of, fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 24, maxLength: 24 }))
    .map(([first, second, choices]) => {
      const others = new Map(second.map((manifest) => [identityOf(manifest), manifest]));
      const ours = new Set(first.map(identityOf));
      const kept = first.flatMap((manifest, index): Manifest[] => {
        const choice = choices[index % choices.length]!;
        const other = others.get(identityOf(manifest));
        if (choice === 0) return [];
        return [choice < 3 && other ? other : manifest];
      });
      const added = second.filter(
        (manifest, index) => !ours.has(identityOf(manifest)) && choices[index % choices.length] === 1,
      );
      return [first, [...kept, ...added]] as const;
    });

/** Of small random clusters. */
export const versionPairs = versionPairsOf(clusters);

function identityOf(manifest: Manifest): string {
  const { kind, metadata } = manifest as unknown as Named;
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}
