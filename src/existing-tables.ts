import { diagnostic, parseIptablesSave, type Diagnostic, type Source, type Tables } from "../compiler/index.js";
import { Failure } from "./failure.js";
import { readFile } from "./read-sources.js";

/** The filter table of a node, from a file that iptables-save wrote. */
export function existingTables(path: string): Tables {
  const read = readFile(path);
  if ("error" in read) throw new Failure([read.error]);
  const { chains, problems } = parseIptablesSave(read.source.text);
  if (problems.length > 0) throw new Failure(problems.map((problem) => unreadable(read.source, problem)));
  return { chains, sets: [] };
}

function unreadable(source: Source, problem: { readonly line: number; readonly message: string }): Diagnostic {
  const offset = source.text.split("\n", problem.line - 1).join("\n").length;
  return diagnostic(
    "unreadable-dump",
    { problem: problem.message },
    { location: { source, offset: problem.line === 1 ? 0 : offset + 1 } },
  );
}
