import { engines, type Engine } from "../../../compiler/index.js";
import type { EngineView, GenerationView } from "../views.js";

/** The engines that there are, and what each says of its generations. */
export function viewEngines(): readonly EngineView[] {
  return engines.map((engine) => ({
    id: engine.id,
    title: engine.title,
    generations: engine.generations.map((id) => viewGeneration(engine, id)).toReversed(),
    defaultGeneration: engine.generations[0]!,
  }));
}

function viewGeneration(engine: Engine, id: string): GenerationView {
  const { info } = engine.describe(id);
  if (!info) throw new Error(`${engine.id} does not describe ${id}`);
  const { releases, from, until, kubernetes, summary } = info;
  return { id, releases, from, ...(until !== undefined && { until }), kubernetes, summary };
}
