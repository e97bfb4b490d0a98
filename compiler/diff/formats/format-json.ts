import { formatLocation } from "../../text/source.js";
import { connectionRows } from "../connections/connection-rows.js";
import { formatRange } from "../connections/connection-lines.js";
import type { Difference } from "../diff.js";
import { editNumber, type Edit, type EditSide } from "../edits/edit.js";
import type { PairsChange } from "../pairs.js";

/** So many connections of a kind are listed; the others are counted. */
const maxRows = 100_000;

/** A difference for programs; `differenceJsonSchema` describes it. */
export function differenceJson(difference: Difference): object {
  const { ipVersion, before, after, same, changes, sizes, pairs, edits, notes, lines, connections } = difference;
  const opened = connectionRows(connections, "opened", maxRows);
  const closed = connectionRows(connections, "closed", maxRows);
  return {
    same,
    ipVersion,
    before: versionJson(before),
    after: versionJson(after),
    edits: edits.map(editJson),
    notes: notes.map(({ kind, object, before: from, after: to }) => ({
      kind,
      object,
      before: formatLocation(from),
      after: formatLocation(to),
    })),
    pairs: { vanished: pairs.vanished.map(pairJson), appeared: pairs.appeared.map(pairJson) },
    chains: changes.chains,
    rules: numberedLists(changes.rules),
    sets: numberedLists(changes.sets),
    ...(sizes && { sizes: { before: sizes[0], after: sizes[1] } }),
    connections: {
      opened: opened.rows,
      closed: closed.rows,
      omitted: { opened: opened.omitted, closed: closed.omitted },
      outside: outsideJson(difference),
      summary: lines.map(({ what, sources, destinations, example, edits: causes }) => ({
        what,
        sources: sources.length,
        destinations: destinations.length,
        example: { source: example.source, destination: example.destination, packet: example.packet },
        edits: causes.map(editNumber),
      })),
    },
    log: difference.log().map((message) => message.trimEnd()),
  };
}

function numberedLists(lists: Readonly<Record<string, readonly { readonly edits: readonly number[] }[]>>): object {
  const numbered = Object.entries(lists).map(([name, changes]) => {
    return [name, changes.map((change) => ({ ...change, edits: change.edits.map(editNumber) }))] as const;
  });
  return Object.fromEntries(numbered);
}

function versionJson({ label, result: { machine } }: Difference["before"]): object {
  return { label, engine: machine.engine, generation: machine.generation, release: machine.release };
}

function editJson({ id, kind, object, field, before, after }: Edit): object {
  return {
    id: editNumber(id),
    kind,
    object,
    ...(field !== undefined && { field }),
    ...(before && { before: sideJson(before) }),
    ...(after && { after: sideJson(after) }),
  };
}

function sideJson({ text, location }: EditSide): object {
  return { ...(text !== undefined && { value: text }), ...(location && { at: formatLocation(location) }) };
}

function pairJson({ policy, text }: PairsChange): object {
  return { policy, text };
}

/** Of each address that stands for others outside the cluster, all that it stands for. */
function outsideJson({ connections }: Difference): object {
  const ends = connections.flatMap(({ sources, destinations }) => [...sources, ...destinations]);
  const outside = new Map(ends.flatMap(({ name, ranges }) => (ranges ? [[name, ranges] as const] : [])));
  return [...outside]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([address, ranges]) => ({ address, ranges: ranges.map(formatRange) }));
}
