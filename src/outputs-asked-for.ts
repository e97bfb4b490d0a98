import {
  diagnostic,
  outputs,
  suggest,
  type Diagnostic,
  type Machine,
  type Output,
  type OutputOptions,
} from "../compiler/index.js";
import { Failure } from "./failure.js";

export interface OutputsAskedFor {
  readonly outputs: readonly Output[];
  readonly mistakes: readonly Diagnostic[];
}

/** The outputs that `-o a,b` names, each once; without names the first of all, or with a folder to write to, all. */
export function outputsAskedFor(values: readonly string[], toFolder: boolean): OutputsAskedFor {
  const names = [...new Set(values.flatMap((value) => value.split(",")))];
  if (names.length === 0) return { outputs: toFolder ? outputs : outputs.slice(0, 1), mistakes: [] };
  const found = names.flatMap((name) => outputs.filter((output) => output.name === name));
  const unknown = names.filter((name) => !outputs.some((output) => output.name === name));
  const mistakes = unknown.map(unknownOutput);
  if (!toFolder && names.length > 1) mistakes.push(diagnostic("several-outputs", { outputs: names }));
  return { outputs: found, mistakes };
}

/**
 * Those of the outputs that a machine can make. One that was named and is not among them throws a Failure, as does one that cannot be made as
 * asked; others are left out.
 */
export function outputsOf(
  asked: readonly Output[],
  named: boolean,
  machine: Machine,
  options: OutputOptions,
): readonly Output[] {
  const { engine, lacks } = machine;
  const missing = asked.filter(({ name }) => lacks.has(name));
  if (named && missing.length > 0) {
    const known = outputs.filter(({ name }) => !lacks.has(name)).map(({ name }) => name);
    throw new Failure(
      missing.map(({ name }) => {
        const parameters = { output: name, engine, remedy: lacks.get(name)!, outputs: known.join(", ") };
        return diagnostic("output-not-made", parameters);
      }),
    );
  }
  const possible = asked.filter((output) => !missing.includes(output));
  const mistakes = possible.flatMap((output) => output.mistakes?.(machine, options) ?? []);
  if (mistakes.length > 0) throw new Failure(mistakes);
  return possible;
}

function unknownOutput(output: string): Diagnostic {
  const known = outputs.map(({ name }) => name);
  return diagnostic("unknown-output", { output, suggestion: suggest(output, known) ?? "", known });
}
