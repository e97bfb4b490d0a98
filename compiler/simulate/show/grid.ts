import type { Matrix, MatrixEndpoint } from "../matrix.js";
import type { Passage } from "../reach.js";
import { shownPassage, type MatrixView } from "./view.js";

/** A view as lines across and down. */
export interface Grid {
  /** Who is in it: each line once. */
  readonly lines: readonly Line[];
  /** All lines or, when one endpoint is looked at, all but that. */
  readonly rows: readonly Line[];
  readonly columns: readonly Column[];
  /** Undefined where no two members are a pair, or the view leaves them out. */
  readonly cell: (row: Line, column: Column) => Cell | undefined;
}

/** Endpoints of one namespace that nothing tells apart. */
export interface Line {
  /** 1-based. */
  readonly number: number;
  /** "" for addresses. */
  readonly namespace: string;
  /** What the lines of the namespace are called together: its name, `outside`, or `addresses` where nobody says whose they are. */
  readonly group: string;
  /** `web`, of several `web +9`, or an address. */
  readonly name: string;
  /** Indexes of the endpoints, ascending, at least one. */
  readonly members: readonly number[];
}

/** Whom the rows send to; when one endpoint is looked at, a column says what it gets and another what it sends. */
export interface Column {
  readonly line: Line;
  readonly direction: "to" | "from";
  /** The number of the line, or `to it` and `from it`. */
  readonly heading: string;
}

export interface Cell {
  readonly passage: Passage;
  readonly from: Line;
  readonly to: Line;
  /** A pair for which it stands, by index. */
  readonly source: number;
  readonly destination: number;
}

/** More endpoints than this are shown by classes. */
const manyEndpoints = 40;

/** Each endpoint on a line of its own or, when they are many, those on one that are of the same namespace and classes. */
export function gridOf(view: MatrixView): Grid {
  const { endpoints } = view.matrix;
  const lines = linesOf(endpoints, endpoints.length > manyEndpoints, view.focus);
  const focus = view.focus === undefined ? undefined : lines.find(({ members }) => members[0] === view.focus);
  const cellOf = (row: Line, { line, direction }: Column): Cell | undefined => {
    const [from, to] = direction === "to" ? [row, line] : [line, row];
    const pair = pairOf(view.matrix, from, to);
    const passage = pair && shownPassage(view, pair.source, pair.destination);
    return passage && { from, to, ...pair, passage };
  };
  const columns = focus
    ? [
        { line: focus, direction: "to" as const, heading: "to it" },
        { line: focus, direction: "from" as const, heading: "from it" },
      ]
    : lines.map((line) => ({ line, direction: "to" as const, heading: `${line.number}` }));
  const rows = lines.filter((line) => line !== focus);
  return {
    lines,
    rows: rows.filter((row) => columns.some((column) => cellOf(row, column))),
    columns: columns.filter((column) => rows.some((row) => cellOf(row, column))),
    cell: cellOf,
  };
}

/** `shop/web +9`, or an address. */
export function nameOfLine({ namespace, name }: Line): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

function linesOf(endpoints: readonly MatrixEndpoint[], byClass: boolean, focus: number | undefined): readonly Line[] {
  const groups = new Map<string, number[]>();
  endpoints.forEach(({ endpoint, sourceClass, destinationClass }, index) => {
    const namespace = endpoint.kind === "outside" ? "" : endpoint.pod.namespace;
    const key = byClass && index !== focus ? `${namespace} ${sourceClass} ${destinationClass}` : `#${index}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return [...groups.values()].map((members, index) => {
    const { endpoint, kind } = endpoints[members[0]!]!;
    const more = members.length > 1 ? ` +${members.length - 1}` : "";
    if (endpoint.kind === "outside") {
      const group = kind === "address" ? "addresses" : "outside";
      return { number: index + 1, namespace: "", group, name: endpoint.address + more, members };
    }
    const { namespace, name } = endpoint.pod;
    return { number: index + 1, namespace, group: namespace, name: name + more, members };
  });
}

/** Two members of the lines that are a pair. */
function pairOf(
  matrix: Matrix,
  row: Line,
  column: Line,
): { readonly source: number; readonly destination: number } | undefined {
  const source = row.members[0]!;
  const destination = column.members.find((each) => matrix.isPair(source, each));
  return destination === undefined ? undefined : { source, destination };
}
