/** Lines `line`..`lastLine` of a text, 1-based, both included. */
export interface Lines {
  readonly line: number;
  readonly lastLine: number;
}

/**
 * The lines of the YAML value that begins at a line and column (1-based): the line, and those below that stand no further left. Blank
 * lines and comments at its end are left out.
 */
export function blockAt(lines: readonly string[], line: number, column: number): Lines {
  let lastLine = line;
  for (let at = line; at < lines.length; at += 1) {
    const text = lines[at]!;
    const indent = text.length - text.trimStart().length;
    if (isBlank(text)) continue;
    if (indent < column - 1 || text.startsWith("---")) break;
    lastLine = at + 1;
  }
  return { line, lastLine };
}

/** The line with all that is indented below it: what a reader means who points at it. */
export function blockOfLine(lines: readonly string[], line: number): Lines {
  const text = lines[line - 1] ?? "";
  if (isBlank(text)) return { line, lastLine: line };
  const indent = text.length - text.trimStart().length;
  const next = lines[line]?.trimStart() ?? "";
  const isListBelowKey = /:\s*(#.*)?$/.test(text) && next.startsWith("- ") && !text.trimStart().startsWith("- ");
  const below = blockAt(lines, line, indent + 2);
  if (!isListBelowKey || below.lastLine > line) return below;
  // The items of a list may stand as far left as its key.
  let lastLine = line;
  for (let at = line; at < lines.length; at += 1) {
    const each = lines[at]!;
    const depth = each.length - each.trimStart().length;
    if (isBlank(each)) continue;
    if (depth < indent || (depth === indent && !each.trimStart().startsWith("- ")) || each.startsWith("---")) break;
    lastLine = at + 1;
  }
  return { line, lastLine };
}

function isBlank(text: string): boolean {
  const trimmed = text.trimStart();
  return trimmed === "" || trimmed.startsWith("#");
}
