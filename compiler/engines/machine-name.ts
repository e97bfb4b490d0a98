import type { Machine } from "./engine.js";

/** What people call the program whose rules these are: `azure-npm v2 (v1.5.50)`; `calico-3.24 (v3.24.6)`, where a generation's id names its engine. */
export function machineName({ engine, generation, release }: Machine): string {
  const id = generation.startsWith(engine) ? generation : `${engine} ${generation}`;
  return `${id} (${release})`;
}
