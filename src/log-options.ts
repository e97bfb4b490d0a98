import { Option, type Command } from "commander";
import {
  defaultLogClock,
  defaultNodeName,
  diagnostic,
  parseLogStart,
  parseLogStep,
  subdomainNameMistakes,
  type Diagnostic,
  type LogOptions as Log,
} from "../compiler/index.js";

/** What is said on the command line about a log. */
export interface LogOptions {
  readonly log: Voice;
  readonly logStart?: string;
  readonly logStep?: string;
  readonly nodeName?: string;
}

type Voice = "exact" | "classic";

export function addLogOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--log <voice>", "with log: as the release writes it, or each change of rules and sets as in v1.2.6")
        .choices(["exact", "classic"])
        .default("exact"),
    )
    .option("--log-start <time>", "with log: time of the first line (default: 2026-01-01T00:00:00Z)")
    .option("--log-step <duration>", "with log: time from one line to the next (default: 1ms)")
    .option("--node-name <name>", `with log: the node's name (default: ${defaultNodeName})`);
}

export function logOptionsOf(options: LogOptions): {
  readonly log: Log;
  readonly voice: Voice;
  readonly mistakes: readonly Diagnostic[];
} {
  const { logStart, logStep, nodeName } = options;
  const start = logStart === undefined ? defaultLogClock.start : parseLogStart(logStart);
  const step = logStep === undefined ? defaultLogClock.step : parseLogStep(logStep);
  const flaws = nodeName === undefined ? [] : subdomainNameMistakes(nodeName);
  const clock = { start: start ?? 0, step: step ?? 0 };
  return {
    voice: options.log,
    log: { clock, ...(nodeName !== undefined && { nodeName }) },
    mistakes: [
      ...(start === undefined ? [diagnostic("log-start-invalid", { text: logStart! })] : []),
      ...(step === undefined ? [diagnostic("log-step-invalid", { text: logStep! })] : []),
      ...(flaws.length > 0 ? [diagnostic("node-name-invalid", { value: nodeName!, mistakes: flaws })] : []),
    ],
  };
}
