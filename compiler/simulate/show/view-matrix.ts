import type { KubernetesObject } from "../../model/objects.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { suggest } from "../../text/suggest.js";
import { byAddress } from "../classes.js";
import { clusterOf } from "../cluster.js";
import { parseIpv4 } from "../ipv4.js";
import type { Legend } from "../legend.js";
import { matrixOf } from "../matrix.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import type { TracedTables } from "../trace.js";
import { blameRules, blameSpecification } from "./blame.js";
import type { MatrixView } from "./view.js";

/** What a matrix is made of. */
export interface MatrixGround {
  readonly objects: readonly KubernetesObject[];
  /** The rules to walk, and what they are called: `the rules of azure-npm v2`; without them the specification is asked. */
  readonly rules?: { readonly tables: TracedTables; readonly legend: Legend; readonly name: string };
}

export interface MatrixQuestion {
  /** Addresses outside that get a row and a column. */
  readonly external?: readonly string[];
  /** `namespace/pod`, or an address of `external`. */
  readonly focus?: string;
  readonly only?: "allowed" | "denied";
}

export interface ViewedMatrix {
  /** There when there are no diagnostics. */
  readonly view?: MatrixView;
  /** Errors. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The matrix of all pods, as a question wants to see it. */
export function viewMatrix({ objects, rules }: MatrixGround, question: MatrixQuestion): ViewedMatrix {
  const { external = [], only } = question;
  const diagnostics: Diagnostic[] = external
    .filter((address) => parseIpv4(address) === undefined)
    .map((address) => diagnostic("endpoint-not-ipv4", { option: "--external", name: address, address }));
  if (diagnostics.length > 0) return { diagnostics };

  const cluster = clusterOf(objects);
  const reach = rules ? byAddress(reachByRules(rules.tables)) : reachBySpec(cluster);
  const matrix = matrixOf(cluster, reach, { external });
  const names = matrix.endpoints.map(({ name }) => name);
  const focus = question.focus === undefined ? undefined : names.indexOf(question.focus);
  if (focus === -1) {
    const name = question.focus!;
    const sameName = names.find((each) => each.endsWith(`/${name}`));
    return {
      diagnostics: [diagnostic("focus-unknown", { name, suggestion: sameName ?? suggest(name, names) ?? "" })],
    };
  }
  const view: MatrixView = {
    matrix,
    source: rules ? "rules" : "spec",
    by: rules ? rules.name : "the Kubernetes specification",
    blame: rules ? blameRules(matrix, rules.tables, rules.legend) : blameSpecification(matrix, cluster),
    ...(only && { only }),
    ...(focus !== undefined && { focus }),
  };
  return { view, diagnostics };
}
