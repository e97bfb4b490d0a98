import { printable } from "../../text/printable.js";
import { workflowCommand } from "../../text/workflow-command.js";
import { consequencesOf, describeTables, placeOf, type Consequences } from "../consequences.js";
import { describeConnections } from "../describe-connections.js";
import type { Difference } from "../diff.js";
import { describeEdit } from "../edits/describe-edit.js";
import { reportOf } from "../report.js";

/**
 * Workflow commands, which GitHub shows at the lines of the files: a warning for each edit that opens or closes connections, a notice for the
 * others. Warnings come first, since GitHub shows ten of each. Headline last, for the log.
 */
export function formatGithub(difference: Difference): string {
  const all = consequencesOf(difference);
  const warnings = all.filter(({ connections }) => connections.length > 0);
  const notices = all.filter(({ connections }) => connections.length === 0);
  const uncaused = difference.lines.filter(({ edits }) => edits.length === 0);
  const { versions, headline } = reportOf(difference);
  return [
    ...capped(warnings.map(warning)),
    ...capped(
      uncaused.map((line) => workflowCommand({ level: "warning", title: titleOf([line]) }, describe([line])[0]!)),
    ),
    ...capped(notices.map((each) => notice(each, difference))),
    `${versions}: ${headline}`,
    "",
  ].join("\n");
}

/** So many of a kind are written; the others are counted. */
const maxCommands = 50;

function capped(commands: readonly string[]): readonly string[] {
  if (commands.length <= maxCommands) return commands;
  const rest = workflowCommand(
    { level: "notice", title: "more of these" },
    `and ${commands.length - maxCommands} more, which anpm diff -o json shows`,
  );
  return [...commands.slice(0, maxCommands), rest];
}

function warning({ edit, connections }: Consequences): string {
  const message = [printable(describeEdit(edit)), ...describe(connections)].join("\n");
  return workflowCommand({ level: "warning", title: titleOf(connections), ...located(edit) }, message);
}

function notice(consequences: Consequences, difference: Difference): string {
  const { edit } = consequences;
  const message = `${printable(describeEdit(edit))}\n${describeTables(consequences, difference)}; no connection opens or closes by it`;
  return workflowCommand({ level: "notice", title: "no connection opens or closes", ...located(edit) }, message);
}

function located(edit: Consequences["edit"]) {
  const location = placeOf(edit);
  return location && { location };
}

function titleOf(lines: Difference["lines"]): string {
  const [opens, closes] = [lines.some(({ what }) => what === "opened"), lines.some(({ what }) => what === "closed")];
  return `${opens && closes ? "opens and closes" : opens ? "opens" : "closes"} connections`;
}

function describe(lines: Difference["lines"]): readonly string[] {
  const shown = lines.slice(0, maxLines).map((line) => printable(describeConnections(line)));
  return lines.length > maxLines ? [...shown, `and ${lines.length - maxLines} more`] : shown;
}

const maxLines = 10;
