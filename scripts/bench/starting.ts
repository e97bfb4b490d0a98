import { execaSync } from "execa";
import { inSeconds, medians, times, type Row } from "./measure.js";

/** The whole process on the article's example, beside a Node that does nothing. */
export function benchStarting(): Row {
  const ours = () =>
    execaSync(process.execPath, ["dist/src/main.js", "compile", "-f", "golden/aks-3-from-development/manifests.yaml"]);
  const node = () => execaSync(process.execPath, ["-e", "0"]);
  medians(2, ours, node);
  const [whole, nothing] = medians(15, ours, node);
  const ratio = whole / nothing;
  return {
    what: "whole process on the article's example",
    reference: `node -e 0: ${inSeconds(nothing)}`,
    goal: "≤ 2 ×",
    measured: `${inSeconds(whole)}, ${times(ratio)}`,
    met: ratio <= 2,
    figures: { seconds: whole, referenceSeconds: nothing, ratio },
  };
}
