import type { Specification } from "../../engines/specification.js";
import type { KubernetesObject } from "../../model/objects.js";
import type { IpSet } from "../../netfilter/tables.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { suggest } from "../../text/suggest.js";
import { byAddress } from "../classes.js";
import { clusterOf, otherVersion } from "../cluster.js";
import { parseIp, versionOf } from "../ip.js";
import type { Legend } from "../legend.js";
import { matrixOf, matrixOfAddresses } from "../matrix.js";
import { reachByRules } from "../reach-by-rules.js";
import { reachBySpec } from "../reach-by-spec.js";
import type { TracedTables } from "../trace.js";
import { blameRules, blameSpecification } from "./blame.js";
import type { MatrixView } from "./view.js";
import type { IpVersion } from "../../text/ip-version.js";

/** What a matrix is made of. */
export interface MatrixGround {
  /** The version of IP of the packets; 4 otherwise. */
  readonly version?: IpVersion;
  /** Without them the rows and columns are the addresses that stand in the sets of the rules, and those outside. */
  readonly objects?: readonly KubernetesObject[];
  /** What the rules are measured by, where that is more than NetworkPolicy. */
  readonly specification?: Specification;
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

/** The matrix of all pods, or of the addresses in sets, as a question wants to see it. */
export function viewMatrix(
  { objects, specification, rules, version = 4 }: MatrixGround,
  question: MatrixQuestion,
): ViewedMatrix {
  const { external = [], only } = question;
  const other = otherVersion(version);
  const diagnostics: Diagnostic[] = external
    .filter((address) => !isOfVersion(address, version))
    .map((address) => diagnostic(other, { option: "--external", name: address, address }));
  if (diagnostics.length > 0) return { diagnostics };

  const cluster = clusterOf(objects ?? [], specification, version);
  const reach = rules ? byAddress(reachByRules(rules.tables)) : reachBySpec(cluster);
  const addresses = objects ? [] : [...addressesIn(rules?.tables.sets ?? [], version), ...external];
  if (!objects && addresses.length === 0) return { diagnostics: [diagnostic("matrix-without-addresses", {})] };
  const matrix = objects ? matrixOf(cluster, reach, { external }) : matrixOfAddresses(addresses, reach);
  const names = matrix.endpoints.map(({ name }) => name);
  const focus = question.focus === undefined ? undefined : names.indexOf(question.focus);
  if (focus === -1) {
    const name = question.focus!;
    const sameName = names.find((each) => each.endsWith(`/${name}`));
    return {
      diagnostics: [
        diagnostic("focus-unknown", {
          name,
          pods: objects !== undefined,
          suggestion: sameName ?? suggest(name, names) ?? "",
        }),
      ],
    };
  }
  const view: MatrixView = {
    matrix,
    source: rules ? "rules" : "spec",
    by: rules ? rules.name : specification ? specificationName : "the Kubernetes specification",
    blame: rules ? blameRules(matrix, rules.tables, rules.legend) : blameSpecification(matrix, cluster),
    ...(only && { only }),
    ...(focus !== undefined && { focus }),
  };
  return { view, diagnostics };
}

/** The addresses that are members of sets by themselves, not in a block; exceptions do not count. */
function addressesIn(sets: readonly IpSet[], version: IpVersion): readonly string[] {
  return sets.flatMap(({ members }) => {
    return members.map((member) => member.replace(/,.*$|\/32$/, "")).filter((address) => isOfVersion(address, version));
  });
}

function isOfVersion(text: string, version: IpVersion): boolean {
  const address = parseIp(text);
  return address !== undefined && versionOf(address) === version;
}

const specificationName = "the documentation of projectcalico.org/v3, on the node that is shown";
