import fc from "fast-check";
import { dump } from "js-yaml";
import { compile, type CompileResult } from "../../compiler/compile.js";
import { calicoClusters, calicoOptionsOf } from "./calico-clusters.js";
import { azureNpm } from "../../compiler/engines/azure-npm/azure-npm.js";
import { calico } from "../../compiler/engines/calico/calico.js";
import type { Finding } from "../../compiler/simulate/verify/finding.js";
import { unexplained } from "../../compiler/simulate/verify/findings.js";
import { verify } from "../../compiler/simulate/verify/verify.js";
import { clusters, type Manifest } from "./clusters.js";

export interface CheckOptions {
  /** Id of the engine; the first one otherwise. */
  readonly engine?: string;
  /** How many random clusters. */
  readonly cases: number;
  readonly seed: number;
  /** Generations or releases; all built ones otherwise. */
  readonly generations?: readonly string[];
  /** Codes of deviations to know nothing of, so that what they explain is a failure. */
  readonly unknown?: readonly string[];
  /** Called after each cluster. */
  readonly progress?: (checked: number) => void;
}

export interface Checked {
  /** Clusters that were checked before a failure, or all. */
  readonly cases: number;
  /** Generation → code, or `any` → in how many clusters it was found. */
  readonly found: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** A shrunk cluster in which something is not explained, and what, for people. */
  readonly failure?: string;
}

/**
 * Random clusters, compiled as each generation: that rules differ from the specification by named deviations only, and that these
 * deviations, all in force, give exactly what the rules give.
 */
export function checkCases(options: CheckOptions): Checked {
  const { cases, seed, unknown = [], progress } = options;
  const isCalico = options.engine === calico.id;
  const { generations = (isCalico ? calico : azureNpm).generations } = options;
  const found = new Map<string, Map<string, number>>(generations.map((generation) => [generation, new Map()]));
  let checked = 0;
  const property = fc.property(isCalico ? calicoClusters : clusters, (manifests) => {
    const codes = codesOf(manifests, generations, unknown);
    for (const [generation, its] of codes) {
      if (its.has(unexplained)) throw new Error(`unexplained as ${generation}`);
    }
    for (const [generation, its] of codes) {
      const counts = found.get(generation)!;
      for (const code of its.size > 0 ? ["any", ...its] : []) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    checked += 1;
    progress?.(checked);
  });
  const { failed, counterexample } = fc.check(property, { numRuns: cases, seed, endOnFailure: false });
  if (!failed) return { cases: checked, found };
  return { cases: checked, found, failure: describeFailure(counterexample![0], generations, unknown) };
}

/** Generation → codes of the findings. */
function codesOf(
  manifests: readonly Manifest[],
  generations: readonly string[],
  unknown: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    generations.map((generation) => [
      generation,
      new Set(findingsOf(manifests, generation, unknown).map(({ code }) => code)),
    ]),
  );
}

function findingsOf(
  manifests: readonly Manifest[],
  generation: string,
  unknown: readonly string[],
): readonly Finding[] {
  const { machine, ...result } = compileManifests(manifests, generation);
  const deviations = machine.deviations.filter(({ code }) => !unknown.includes(code));
  return verify({ ...result, machine: { ...machine, deviations } }, { alsoReadings: true }).findings;
}

/** Through text, as a user's manifests go. */
export function compileManifests(manifests: readonly Manifest[], generation: string): CompileResult {
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
  const options = generation.startsWith(calico.id) ? calicoOptionsOf(manifests, generation) : { generation };
  const { result, diagnostics } = compile([{ name: "generated.yaml", text }], options);
  if (!result) throw new Error(JSON.stringify(diagnostics[0]?.message));
  return result;
}

/** What is not explained, and the cluster as YAML. */
function describeFailure(
  manifests: readonly Manifest[],
  generations: readonly string[],
  unknown: readonly string[],
): string {
  const lines = generations.flatMap((generation) =>
    findingsOf(manifests, generation, unknown)
      .filter(({ code }) => code === unexplained)
      .map(({ packet: { source, destination, protocol, port, state }, expected, actual, rule }) => {
        const ports = `${port ?? "any"}/${protocol}${state === "reply" ? ", a reply" : ""}`;
        const by = rule ? `${rule.chain} ${rule.rule}` : "no rule";
        return `${generation}: ${source.name} to ${destination.name}, ${ports}: ${expected} by the specification, ${actual} by ${by}`;
      }),
  );
  return `${lines.join("\n")}\n---\n${manifests.map((manifest) => dump(manifest, { lineWidth: 120 })).join("---\n")}`;
}
