import { formatVerification, machineName, verify } from "../compiler/index.js";
import { compileCase, readCases, type GoldenCase } from "./golden-cases.js";

/** The cases of golden/findings/: a folder for each deviation, with the smallest cluster that shows it. */
export function readFindingCases(): readonly GoldenCase[] {
  return readCases("golden/findings");
}

/** What verifying a case says, in the file `findings`. */
export function findingFiles(golden: GoldenCase): ReadonlyMap<string, string> {
  const { result, diagnostics } = compileCase(golden, golden.generations[0]!);
  if (!result) throw new Error(`${golden.folder}: ${diagnostics[0]?.message}`);
  return new Map([["findings", formatVerification(verify(result), `the rules of ${machineName(result.machine)}`)]]);
}
