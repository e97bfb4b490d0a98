import { parseIptablesSave, type TableName, type Tables } from "../compiler/index.js";
import { readDumpFile } from "./read-dump.js";

/** All tables of a node, from a file that iptables-save wrote. */
export function existingTables(path: string): Tables {
  const { chains, others } = readDumpFile(path, "iptables-save", (text) => parseIptablesSave(text, allTables));
  return { chains, others, sets: [] };
}

const allTables: readonly TableName[] = ["raw", "mangle", "nat", "filter"];
