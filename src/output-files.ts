import type { CompileResult, Output, OutputOptions } from "../compiler/index.js";
import type { OutputFile } from "./write-folder.js";

/** What an output leaves in a folder: one file, or several where its program keeps several. */
export function outputFiles(output: Output, result: CompileResult, options: OutputOptions): readonly OutputFile[] {
  if (!output.files) return [outputFile(output, result, options)];
  return output.files(result, options).map((file) => ({ ...file, executable: false }));
}

/** The whole output as one file. */
export function outputFile(output: Output, result: CompileResult, options: OutputOptions): OutputFile {
  const name = output.fileName(result.machine);
  return {
    name,
    text: output.print(result, options),
    executable: name.endsWith(".sh"),
  };
}
