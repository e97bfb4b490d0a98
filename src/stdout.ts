import { diagnostic } from "../compiler/index.js";
import { exitCodeOf } from "./exit-code.js";
import { writeReport } from "./report.js";

/**
 * Makes standard output behave as in other tools: a reader that has seen enough (`| head`) is no error and changes nothing,
 * a full disk is one.
 */
export function watchStdout(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    const diagnostics = [diagnostic("cannot-write", { path: "standard output", reason: error.message })];
    writeReport({ diagnostics, summary: [] }, "text");
    process.exitCode = exitCodeOf(diagnostics);
  });
}
