import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject } from "../../model/objects.js";
import { versionsOf } from "../../netfilter/versions.js";
import type { Tables } from "../../netfilter/tables.js";
import { isError, sortDiagnostics, type Diagnostic } from "../../text/diagnostic.js";
import { byAddress } from "../classes.js";
import { clusterOf } from "../cluster.js";
import { legendOf } from "../legend.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import { readBack } from "../read-back.js";
import { tracerOf } from "../tracer.js";
import { checkExpectation, type ExpectationResult, type Ground } from "./check-expectation.js";
import type { Expectation } from "./expectation.js";
import { endResolver } from "./resolve-ends.js";
import { resolveExpectation } from "./resolve-expectation.js";

export interface ExpectationCluster {
  /** Of a completed cluster. */
  readonly objects: readonly KubernetesObject[];
  /** What the rules are measured by, where that is more than NetworkPolicy. */
  readonly specification?: Specification;
  /** What was compiled of them. It is printed, and the text is read back. */
  readonly tables: Tables;
  /** Namespace of names without one; `default` otherwise. */
  readonly namespace?: string;
}

export interface CheckedExpectations {
  /** One for each expectation that could be checked, in their order. */
  readonly results: readonly ExpectationResult[];
  /** What could not, and warnings; sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks expectations twice: by the specification of network policies, and by the rules as they were printed. An expectation is met when
 * every packet it speaks of gets its verdict both ways, of IPv6 too where there are rules for it.
 */
export function checkExpectations(
  expectations: readonly Expectation[],
  { objects, specification: asked, tables: compiled, namespace = "default" }: ExpectationCluster,
): CheckedExpectations {
  const grounds = versionsOf(compiled).map(({ version, tables: own }): Ground => {
    const cluster = clusterOf(objects, asked, version);
    const tables = readBack(own);
    const rules = byAddress(reachByRules(tables));
    return {
      cluster,
      tables,
      legend: legendOf(own),
      specification: reachBySpec(cluster),
      rules,
      tracer: tracerOf(tables),
    };
  });
  const resolve = endResolver(
    objects,
    grounds.map(({ cluster: { version }, specification, rules }) => ({ version, ways: [specification, rules] })),
    asked,
  );
  const diagnostics: Diagnostic[] = [];
  const results = expectations.flatMap((expectation): ExpectationResult[] => {
    const found = resolveExpectation(expectation, resolve, namespace);
    diagnostics.push(...found.diagnostics);
    return found.diagnostics.some(isError) ? [] : [checkExpectation(expectation, found, grounds)];
  });
  return { results, diagnostics: sortDiagnostics(diagnostics) };
}
