import type { MatrixEndpoint } from "../matrix.js";
import { formatPorts } from "../matrix-csv.js";
import type { Passage } from "../reach.js";
import { portsOf, protocols, type Traffic } from "../traffic.js";
import { shownPassage, type MatrixView } from "./view.js";

/**
 * A matrix for programs, in pieces; `matrixJsonSchema` describes it and says how to read it. It is as large as there are classes of
 * sources times classes of destinations, not as there are pairs of pods.
 */
export function* matrixJson(view: MatrixView): Generator<string> {
  const { endpoints } = view.matrix;
  const rows = classesOf(endpoints, ({ sourceClass }) => sourceClass, view.focus);
  const columns = classesOf(endpoints, ({ destinationClass }) => destinationClass, view.focus);
  const head = {
    by: view.source,
    ...(view.only && { only: view.only }),
    ...(view.focus !== undefined && { focus: endpoints[view.focus]!.name }),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"endpoints":[\n`;
  yield endpoints
    .map(({ name, kind, endpoint }, index) => {
      const place = { row: rows.classOf[index]!, column: columns.classOf[index]! };
      return JSON.stringify({ name, address: endpoint.address, kind, ...place });
    })
    .join(",\n");
  yield `\n],\n"reach":[\n`;
  const passages = new Map<Passage, number>();
  const numberOf = (passage: Passage): number => {
    let number = passages.get(passage);
    if (number === undefined) passages.set(passage, (number = passages.size));
    return number;
  };
  for (const [index, row] of rows.classes.entries()) {
    const cells = columns.classes.map((column) => {
      const passage = passageBetween(view, row, column);
      return passage ? numberOf(passage) : null;
    });
    yield `${index === 0 ? "" : ",\n"}${JSON.stringify(cells)}`;
  }
  yield `\n],\n"passages":[\n${[...passages.keys()].map((passage) => JSON.stringify(passageJson(passage))).join(",\n")}\n]}\n`;
}

interface Classes {
  /** By endpoint: the number of its class, from 0. */
  readonly classOf: readonly number[];
  /** By number: indexes of the members. */
  readonly classes: readonly (readonly number[])[];
}

/** The focus is a class of its own. */
function classesOf(
  endpoints: readonly MatrixEndpoint[],
  keyOf: (endpoint: MatrixEndpoint) => number,
  focus: number | undefined,
): Classes {
  const numbers = new Map<number, number>();
  const classes: number[][] = [];
  const classOf = endpoints.map((endpoint, index) => {
    const key = index === focus ? -1 : keyOf(endpoint);
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, (number = classes.length));
      classes.push([]);
    }
    classes[number]!.push(index);
    return number;
  });
  return { classOf, classes };
}

/** Of the first two members that are a pair; all others fare the same. */
function passageBetween(
  view: MatrixView,
  sources: readonly number[],
  destinations: readonly number[],
): Passage | undefined {
  for (const source of sources) {
    for (const destination of destinations) {
      if (view.matrix.isPair(source, destination)) return shownPassage(view, source, destination);
    }
  }
  return undefined;
}

function passageJson({ allowed, depends }: Passage): object {
  return { allowed: trafficJson(allowed), ...(depends.length > 0 && { depends: trafficJson(depends) }) };
}

/** `{"tcp":"80;443","other":true}`; a protocol of which nothing passes is left out. */
function trafficJson(traffic: Traffic): object {
  const found = protocols.filter((protocol) => portsOf(traffic, protocol).length > 0);
  return Object.fromEntries(
    found.map((protocol) => [protocol, protocol === "other" ? true : formatPorts(traffic, protocol)]),
  );
}
