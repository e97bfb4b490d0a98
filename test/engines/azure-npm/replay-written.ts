import { outputs } from "../../../compiler/outputs.js";
import { replay } from "../../../compiler/replay.js";
import type { ReplayStep } from "../../../compiler/replay-events.js";

/** A step in a line: what is done, and the document with which. */
export type WrittenStep = readonly [action: ReplayStep["action"], document: string];

/** Replays documents in files `1.yaml`, `2.yaml`, …: the steps, an output of one of them, and `file code` of each diagnostic. */
export function replayWritten(generation: string, written: readonly WrittenStep[]) {
  const steps = written.map(([action, text], index): ReplayStep => {
    return { name: `${index + 1}-${action}`, action, sources: [{ name: `${index + 1}.yaml`, text }] };
  });
  const { diagnostics, result } = replay(steps, { generation });
  return {
    steps: result!.steps,
    print: (name: string, index: number) =>
      outputs.find((output) => output.name === name)!.print(result!.steps[index]!, {}),
    codes: diagnostics.map(({ code, location }) => `${location?.source.name} ${code}`),
  };
}
