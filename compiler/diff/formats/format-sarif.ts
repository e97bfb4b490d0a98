import { printable } from "../../text/printable.js";
import { positionOf, type Location } from "../../text/source.js";
import { consequencesOf, describeTables, placeOf } from "../consequences.js";
import { describeConnections, describePacket } from "../describe-connections.js";
import type { Difference } from "../diff.js";
import { describeEdit } from "../edits/describe-edit.js";
import type { Edit } from "../edits/edit.js";

/**
 * SARIF 2.1.0, which code scanning reads: a result for each line about connections, at the edits that cause it, with a packet that shows it;
 * and one for each edit that changes rules or sets.
 */
export function differenceSarif(difference: Difference): object {
  const results = [...connectionResults(difference), ...ruleResults(difference)];
  const omitted = results.length - maxResults;
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "anpm", rules } },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: true,
            ...(omitted > 0 && {
              toolExecutionNotifications: [
                { level: "note", message: text(`${omitted} more results are left out; anpm diff -o json has them`) },
              ],
            }),
          },
        ],
        results: results.slice(0, maxResults),
      },
    ],
  };
}

/** GitHub takes 25,000 and shows 5,000. */
const maxResults = 5_000;

const rules = [
  {
    id: "connection-opened",
    shortDescription: text("A connection opens"),
    fullDescription: text("Packets that the rules before drop are let through by the rules after."),
    defaultConfiguration: { level: "warning" },
  },
  {
    id: "connection-closed",
    shortDescription: text("A connection closes"),
    fullDescription: text("Packets that the rules before let through are dropped by the rules after."),
    defaultConfiguration: { level: "warning" },
  },
  {
    id: "rules-change",
    shortDescription: text("Rules or sets change"),
    fullDescription: text("Rules or sets of the node change."),
    defaultConfiguration: { level: "note" },
  },
] as const;

function connectionResults({ lines, edits }: Difference): readonly object[] {
  return lines.map((line) => {
    const causes = line.edits.map((id) => edits[id]!);
    const because = causes.length === 0 ? "" : ` Cause: ${causes.map(describeEdit).join("; ")}.`;
    const message = `${describeConnections(line)}. Example packet: ${describePacket(line.example)}.${because}`;
    return result(line.what === "opened" ? "connection-opened" : "connection-closed", message, causes);
  });
}

function ruleResults(difference: Difference): readonly object[] {
  return consequencesOf(difference)
    .filter((each) => each.rules + each.sets > 0)
    .map((each) =>
      result("rules-change", `${describeEdit(each.edit)}: ${describeTables(each, difference)}`, [each.edit]),
    );
}

/** At the first of its edits; the others are related places. */
function result(ruleId: (typeof rules)[number]["id"], message: string, causes: readonly Edit[]): object {
  const [first, ...others] = causes.flatMap((edit) => {
    const location = placeOf(edit);
    return location ? [physical(location)] : [];
  });
  const ruleIndex = rules.findIndex(({ id }) => id === ruleId);
  return {
    ruleId,
    ruleIndex,
    level: rules[ruleIndex]!.defaultConfiguration.level,
    message: text(message),
    ...(first && { locations: [first] }),
    ...(others.length > 0 && { relatedLocations: others.map((place, index) => ({ id: index + 1, ...place })) }),
  };
}

function physical(location: Location): object {
  const { line, column } = positionOf(location);
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(location.source.name) },
      region: { startLine: line, startColumn: column },
    },
  };
}

/** A path as a reference that is relative where the path is. */
function uriOf(path: string): string {
  const words = printable(path)
    .replace(/^(\.\/)+/, "")
    .split("/");
  return `${path.startsWith("/") ? "file://" : ""}${words.map(encodeURIComponent).join("/")}`;
}

/** A message of SARIF, in which braces are doubled; a bracket before a parenthesis would make a link. */
function text(message: string): { readonly text: string } {
  return { text: printable(message).replace(/[{}]/g, "$&$&").replaceAll("](", "\\](") };
}
