import type { Origin } from "./origin.js";
import { formatLocation } from "./source.js";

/** What has no origin of its own stood on the node before the engine started. */
export function originJson(origin: Origin | undefined): object {
  if (!origin) return { engine: "stood on the node before" };
  if (origin.kind === "engine") return { engine: origin.reason };
  return { object: origin.object, field: origin.field, at: formatLocation(origin.location) };
}
