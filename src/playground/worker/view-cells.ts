import {
  byAddress,
  clusterOf,
  describeTraffic,
  matrixOf,
  reachByRules,
  reachBySpec,
  readBack,
  type CompileResult,
  type Passage,
} from "../../../compiler/index.js";
import type { CellView, MatrixViewed } from "../views.js";

/** A page is no place for more; `anpm matrix` has no limit. */
const shownEndpoints = 40;

/** Stands for everybody outside: an address for documentation, RFC 5737. */
const outside = "203.0.113.7";

/** Who reaches whom by the rules, and where Kubernetes specifies something else. */
export function viewCells({ objects, specification, tables }: CompileResult): MatrixViewed {
  const cluster = clusterOf(objects, specification);
  const external = [outside];
  const byRules = matrixOf(cluster, byAddress(reachByRules(readBack(tables))), { external });
  const bySpec = matrixOf(cluster, reachBySpec(cluster), { external });
  const all = byRules.endpoints.map((_, index) => index);
  const pods = all.filter((index) => byRules.endpoints[index]!.endpoint.kind !== "outside");
  const others = all.filter((index) => byRules.endpoints[index]!.endpoint.kind === "outside");
  const shown = [...pods.slice(0, shownEndpoints), ...others];
  return {
    outside,
    names: shown.map((index) => byRules.endpoints[index]!.name),
    more: all.length - shown.length,
    cells: shown.map((source) =>
      shown.map((destination) => {
        const passage = byRules.passage(source, destination);
        return passage && viewCell(passage, bySpec.passage(source, destination)!);
      }),
    ),
  };
}

function viewCell(passage: Passage, specified: Passage): CellView {
  const text = describePassage(passage);
  const spec = describePassage(specified);
  return { amount: amountOf(passage, text), text, ...(spec !== text && { spec }) };
}

function describePassage({ allowed, depends }: Passage): string {
  const sure = describeTraffic(allowed);
  return depends.length === 0 ? sure : `${sure}; perhaps ${describeTraffic(depends)}`;
}

function amountOf({ allowed, depends }: Passage, text: string): CellView["amount"] {
  if (allowed.length === 0) return depends.length > 0 ? "depends" : "none";
  return text === "everything" ? "all" : "some";
}
