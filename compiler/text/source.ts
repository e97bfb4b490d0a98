/** A named text: a file, standard input (`-`), or a text made by a program. */
export interface Source {
  /** What diagnostics call it: a path as the user wrote it, or `<stdin>`. */
  readonly name: string;
  readonly text: string;
}

/** A place in a source; `offset` is 0-based and counts UTF-16 code units. */
export interface Location {
  readonly source: Source;
  readonly offset: number;
}

/** A place for people: `line` and `column` are 1-based, columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of a location; a byte order mark has no column. The line starts of a source are computed once, on first use. */
export function positionOf(location: Location): Position {
  const starts = lineStartsOf(location.source);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= location.offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.max(location.offset - starts[low]!, 0) + 1 };
}

/** `file:line:column`. */
export function formatLocation(location: Location): string {
  const { line, column } = positionOf(location);
  return `${location.source.name}:${line}:${column}`;
}

/** The text of the line that holds a location, without its line end. */
export function lineOf(location: Location): string {
  const starts = lineStartsOf(location.source);
  const { line } = positionOf(location);
  const text = location.source.text.slice(starts[line - 1], starts[line] ?? location.source.text.length);
  return text.replace(/[\r\n]+$/, "");
}

const lineStarts = new WeakMap<Source, readonly number[]>();

function lineStartsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known) return known;
  const starts = [source.text.startsWith("\ufeff") ? 1 : 0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}
