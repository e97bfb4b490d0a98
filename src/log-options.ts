import type { Command } from "commander";
import {
  defaultLogClock,
  defaultNodeName,
  diagnostic,
  parseLogStart,
  parseLogStep,
  type Diagnostic,
  type LogOptions as Log,
} from "../compiler/index.js";

/** What is said on the command line about a log. */
export interface LogOptions {
  readonly logStart?: string;
  readonly logStep?: string;
  readonly nodeName?: string;
}

export function addLogOptions(command: Command): Command {
  return command
    .option("--log-start <time>", "with log: time of the first line (default: 2026-01-01T00:00:00Z)")
    .option("--log-step <duration>", "with log: time from one line to the next (default: 1ms)")
    .option("--node-name <name>", `with log: the node's name (default: ${defaultNodeName})`);
}

export function logOptionsOf(options: LogOptions): { readonly log: Log; readonly mistakes: readonly Diagnostic[] } {
  const { logStart, logStep, nodeName } = options;
  const start = logStart === undefined ? defaultLogClock.start : parseLogStart(logStart);
  const step = logStep === undefined ? defaultLogClock.step : parseLogStep(logStep);
  const clock = { start: start ?? 0, step: step ?? 0 };
  return {
    log: { clock, ...(nodeName !== undefined && { nodeName }) },
    mistakes: [
      ...(start === undefined ? [diagnostic("log-start-invalid", { text: logStart! })] : []),
      ...(step === undefined ? [diagnostic("log-step-invalid", { text: logStep! })] : []),
    ],
  };
}
