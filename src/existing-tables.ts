import { parseIptablesSave, type Tables } from "../compiler/index.js";
import { Failure } from "./failure.js";
import { readFile } from "./read-sources.js";

/** The filter table of a node, from a file that iptables-save wrote. */
export function existingTables(path: string): Tables {
  const read = readFile(path);
  if ("error" in read) throw new Failure([read.error]);
  return parseIptablesSave(read.source.text);
}
