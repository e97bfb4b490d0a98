import { keyOf } from "../model/objects.js";
import type { ConnectionLine } from "./connections/connection-lines.js";
import type { ConnectionEnd } from "./connections/connections.js";
import type { ChangedEntity, ObjectsDifference } from "./edits/diff-objects.js";
import type { Edit } from "./edits/edit.js";

/**
 * Where connections open because a pod comes, or close because one goes, the edits that bring or take it; of two such pods, of the
 * first. Undefined where both ends are there before and after. What rules say of an address that nobody has is no cause then.
 */
export function arrivalEdits(
  { what, sources, destinations, example }: ConnectionLine,
  { edits, changed }: Pick<ObjectsDifference, "edits" | "changed">,
): readonly number[] | undefined {
  const isExample = ({ name }: ConnectionEnd) => name === example.source || name === example.destination;
  const isPod = ({ before, after }: ConnectionEnd) => (before ?? after)?.kind !== "outside";
  const pods = [...sources, ...destinations].filter((end) => isExample(end) && isPod(end));
  const causes = pods
    .filter((end) => (what === "opened" ? !end.before : !end.after))
    .map(({ name }) => editsOfPod(name, edits, changed));
  return causes.sort(([a = 0], [b = 0]) => a - b)[0];
}

function editsOfPod(name: string, edits: readonly Edit[], changed: readonly ChangedEntity[]): readonly number[] {
  const holds = (entity: ChangedEntity["before"]) =>
    entity?.objects.some((object) => object.kind === "Pod" && keyOf(object) === name) ?? false;
  const entity = changed.find(({ before, after }) => holds(before) || holds(after));
  if (!entity) return [];
  const its = edits.slice(...entity.edits);
  // A pod that is there in both has an address in one of them only: its own fields say why.
  const isThere = holds(entity.before) && holds(entity.after);
  const causes = its.filter(({ field }) => (isThere ? !field?.startsWith("metadata.") : isCount(field)));
  return causes.map(({ id }) => id);
}

/** The object as a whole, or how many pods a workload has. */
function isCount(field: string | undefined): boolean {
  return field === undefined || field === "spec.replicas";
}
