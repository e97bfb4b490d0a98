import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { gapMeanings } from "./gaps.js";
import type { LogFormat } from "./log-printers.js";
import type { LogReader } from "./log-reader.js";

/** What a reader of tables that were made of a log should know; the other formats say it themselves. */
export function logReadDiagnostics(reader: LogReader, format: LogFormat): readonly Diagnostic[] {
  if (format === "text" || format === "json") return [];
  return [
    ...reader
      .gaps()
      .filter((gap) => gap !== "members-not-logged" || format === "ipset-save")
      .map((gap) => diagnostic("log-incomplete", gapMeanings[gap])),
    ...(reader.summary().cutOff ? [diagnostic("log-cut-off", {})] : []),
  ];
}
