import { loadAll } from "js-yaml";
import { admit, parseDocuments } from "../../compiler/index.js";
import { loadText, npm200 } from "./load.js";
import { inSeconds, medians, times, type Row } from "./measure.js";

/** Text → located, checked values, beside js-yaml's own loader on the same bytes. */
export function benchReading(): Row {
  const text = loadText(npm200);
  const read = () => admit(parseDocuments({ name: "load.yaml", text }).documents);
  const load = () => loadAll(text);
  medians(3, read, load);
  const [ours, theirs] = medians(9, read, load);
  const ratio = ours / theirs;
  return {
    what: `YAML text (${(text.length / 1e6).toFixed(1)} MB) → located, checked values`,
    reference: `js-yaml loadAll of the same text: ${inSeconds(theirs)}`,
    goal: "≤ 1.5 ×, aim at 1.25 ×",
    measured: `${inSeconds(ours)}, ${times(ratio)}`,
    met: ratio <= 1.5,
    figures: { seconds: ours, referenceSeconds: theirs, ratio },
  };
}
