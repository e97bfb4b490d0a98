import type { GenerationInfo, Quirk } from "../engines/generation-info.js";

/** A line each: id, span, tags, defaults, and what changed. */
export function formatGenerations(generations: readonly GenerationInfo[]): string {
  const head = ["id", "from", "until", "image tags", "Kubernetes", "iptables", "what changed"];
  const rows = generations.map((info) => [
    info.id,
    info.from,
    info.until ?? "now",
    info.releases,
    info.kubernetes,
    info.flavours.join(", "),
    info.summary,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** One generation: the same as a list, and its quirks by name, or each with its source, consequence and example. */
export function formatGeneration(info: GenerationInfo, withQuirks: boolean): string {
  const [flavour = "", ...others] = info.flavours;
  const lines = [
    `${info.id}: ${info.summary}`,
    `  releases    ${info.releases}; emulated: ${info.release}`,
    `  time        ${info.from} to ${info.until ?? "now"}`,
    `  Kubernetes  ${info.kubernetes} unless --kubernetes says otherwise`,
    `  iptables    ${flavour}${others.length > 0 ? `, or ${others.join(", ")} with --iptables` : ""}`,
    ...(withQuirks ? info.quirks.flatMap(quirkLines) : namesOf(info)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function namesOf({ id, quirks }: GenerationInfo): readonly string[] {
  if (quirks.length === 0) return ["  quirks      none"];
  return [
    `  quirks      ${quirks[0]!.name}`,
    ...quirks.slice(1).map(({ name }) => `              ${name}`),
    `              (anpm generations ${id} --quirks explains them)`,
  ];
}

function quirkLines({ name, source, consequence, example }: Quirk): readonly string[] {
  return [
    "",
    `  ${name}`,
    `    what happens  ${consequence}`,
    `    for example   ${example}`,
    `    source        ${source}`,
  ];
}
