import { printable } from "./printable.js";
import { positionOf, type Location } from "./source.js";

/** What an annotation is about. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly location?: Location;
}

/** A workflow command of GitHub, without line end: it shows `message`, which may have several lines, at the line of the file. */
export function workflowCommand({ level, title, location }: Annotation, message: string): string {
  const properties = [...(location ? placeOf(location) : []), `title=${escapeProperty(printable(title))}`];
  return `::${level} ${properties.join(",")}::${escapeData(message)}`;
}

function placeOf(location: Location): readonly string[] {
  const { line, column } = positionOf(location);
  return [`file=${escapeProperty(printable(location.source.name))}`, `line=${line}`, `col=${column}`];
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
