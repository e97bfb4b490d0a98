import { printRule } from "../../netfilter/print-rule.js";
import type { LogEvent } from "./event.js";
import { gapMeanings } from "./gaps.js";
import type { LogReader } from "./log-reader.js";

/** An event for programs; undefined for steps and lines without a change. */
export function logEventJson({ file, line, time, said, text }: LogEvent): object | undefined {
  const at = { file, line, ...(time !== undefined && { time }) };
  switch (said.kind) {
    case "step":
    case "blank":
    case "unknown":
      return undefined;
    case "error":
      return { ...at, kind: "error", code: said.error.code, harmless: said.error.harmless, text };
    case "rule":
      return { ...at, kind: "rule", state: said.state, chain: said.entry.chain, words: said.entry.words };
    case "set":
      return { ...at, kind: "set", ...said.entry };
    default:
      return { ...at, ...said };
  }
}

/** What a log says as a whole, and the tables it tells of. */
export function logReportJson(reader: LogReader): object {
  const { counts, errors, unknown, unknownLines, ...rest } = reader.summary();
  const { chains, sets } = reader.tables();
  return {
    ...rest,
    counts: Object.fromEntries(counts),
    errors: errors.map(({ error, count, first, last }) => ({
      ...error,
      count,
      first: placeOf(first),
      last: placeOf(last),
    })),
    unknown: { count: unknown, lines: unknownLines.map(placeOf) },
    gaps: reader.gaps().map((code) => ({ code, ...gapMeanings[code] })),
    chains: chains.map(({ rules, ...chain }) => ({ ...chain, rules: rules.map(printRule) })),
    sets,
  };
}

function placeOf({ file, line, time, text }: LogEvent): object {
  return { file, line, ...(time !== undefined && { time }), text };
}
