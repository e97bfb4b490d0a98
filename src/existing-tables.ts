import { parseIptablesSave, type Tables } from "../compiler/index.js";
import { readDumpFile } from "./read-dump.js";

/** The filter table of a node, from a file that iptables-save wrote. */
export function existingTables(path: string): Tables {
  return { chains: readDumpFile(path, "iptables-save", parseIptablesSave).chains, sets: [] };
}
