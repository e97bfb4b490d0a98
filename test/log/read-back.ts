import { expect } from "vitest";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { LogReader } from "../../compiler/log/read/log-reader.js";

/** A reader that has read a whole log, in pieces of the given size. */
export function readWhole(text: string, existing?: Tables, pieceSize = text.length): LogReader {
  const reader = new LogReader(existing ? { existing: existing.chains } : {});
  reader.nextFile("azure-npm.log");
  for (let start = 0; start < text.length; start += pieceSize) reader.feed(text.slice(start, start + pieceSize));
  reader.end();
  return reader;
}

/** A log tells exactly of these rules and sets, its every line is understood, and it reports no error and no gap. */
export function expectReadBack(log: string, tables: Tables, existing?: Tables): void {
  const reader = readWhole(log, existing);
  const rebuilt = reader.tables();
  expect(printIptablesSave(rebuilt)).toBe(printIptablesSave(tables));
  expect(printIpsetSave(rebuilt.sets)).toBe(printIpsetSave(tables.sets));
  expect(rebuilt.sets.map(({ readableName }) => readableName)).toEqual(
    tables.sets.map(({ readableName }) => readableName),
  );
  const { lines, unknown, errors } = reader.summary();
  expect({ lines, unknown, errors, gaps: reader.gaps() }).toEqual({
    lines: log.split("\n").length - 1,
    unknown: 0,
    errors: [],
    gaps: [],
  });
}
