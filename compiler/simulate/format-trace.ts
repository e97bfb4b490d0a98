import type { Chain } from "../netfilter/tables.js";
import { formatLocation } from "../text/source.js";
import type { TraceAnswer, TraceEnd, Walk } from "./answer-trace.js";
import { depthsOf, type Cause } from "./causes.js";
import { namedChains } from "./courses.js";
import { describeAction, describeMatches } from "./describe-step.js";
import type { Legend } from "./legend.js";
import { limitsOnWay } from "./limit-words.js";
import { noTraffic, trafficOf, unionTraffic } from "./traffic.js";
import { describeTraffic } from "./traffic-words.js";
import type { TracedTables, TraceStep } from "./trace.js";

/**
 * A trace for people: each rule that the packet met on a line, deeper chains further in, then what decided and why, the verdict last.
 * Of many rules in a row that do not match the first are shown and the others counted.
 */
export function formatTrace(answer: TraceAnswer, tables: TracedTables, legend: Legend): string {
  const { question, walks, verdict } = answer;
  const lines = [`${formatEnd(question.source)} → ${formatEnd(question.destination)}, ${formatAsked(answer)}`, ""];
  if (question.port.kind === "one") {
    lines.push(...formatSteps(walks[0]!.steps, tables, legend), "", ...formatReasons(walks[0]!));
  } else {
    for (const alike of groupWalks(walks)) {
      const reasons = formatReasons(alike[0]!).map((line) => `  ${line}`);
      lines.push(`${formatTraffic(alike)}: ${alike[0]!.verdict}`, ...reasons, "");
    }
  }
  lines.push(`verdict: ${verdict}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** Not matching rules of one chain that are shown of a longer row. */
const shownOfRow = 3;

function formatSteps(steps: readonly TraceStep[], tables: TracedTables, legend: Legend): readonly string[] {
  const chains = namedChains(tables);
  const depths = depthsOf(steps);
  const rows: (readonly [place: string, matched: string, why: string])[] = [];
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index]!;
    const indent = "  ".repeat(depths[index]!);
    const length = rowLength(steps, index);
    if (length > shownOfRow + 1) {
      for (const each of steps.slice(index, index + shownOfRow)) rows.push(rowOf(indent, each, chains, legend));
      const [first, last] = [steps[index + shownOfRow]!, steps[index + length - 1]!];
      rows.push([`${indent}${step.chain} ${first.rule}-${last.rule}`, "no", `${length - shownOfRow} more rules`]);
      index += length - 1;
    } else rows.push(rowOf(indent, step, chains, legend));
  }
  const width = Math.max(...rows.map(([place]) => place.length));
  return rows.map(([place, matched, why]) => `${place.padEnd(width)}  ${matched.padEnd(3)}  ${why}`.trimEnd());
}

function rowOf(
  indent: string,
  step: TraceStep,
  chains: ReadonlyMap<string, Chain>,
  legend: Legend,
): readonly [string, string, string] {
  const place = `${indent}${formatPlace(step)}`;
  const matched = step.matched === true ? "yes" : step.matched === false ? "no" : "?";
  const why = describeMatches(step, chains.get(step.chain)?.rules[step.rule - 1], legend);
  const action = step.matched === false ? "" : describeAction(step);
  return [place, matched, why === "" || action === "" ? `${why}${action}` : `${why}: ${action}`];
}

/** How many steps from `start` on are rules of the same chain that do not match. */
function rowLength(steps: readonly TraceStep[], start: number): number {
  let end = start;
  while (end < steps.length && steps[end]!.matched === false && steps[end]!.chain === steps[start]!.chain) end += 1;
  return end - start;
}

function formatReasons(walk: Walk): readonly string[] {
  const translations = walk.steps.filter(({ action, matched }) => action === "translate" && matched === true);
  return [
    ...translations.map((step) => `translated by ${formatPlace(step)}: ${describeAction(step)}`),
    ...verdictReasons(walk),
  ];
}

function verdictReasons({ verdict, decidedBy, causes, steps }: Walk): readonly string[] {
  if (!decidedBy) {
    const unknown = steps.filter(({ matched, action }) => matched === "unknown" || action === "unknown");
    const places = [...new Set(unknown.map(formatPlace))];
    if (verdict !== "depends") return [];
    if (places.length === 0) return ["the chains lead in a circle, which no kernel takes"];
    return [`depends on rules that nothing here can answer for: ${places.join(", ")}`];
  }
  const comment = /--comment ("(?:[^"\\]|\\.)*"|\S+)/.exec(decidedBy.text)?.[1];
  const why = comment === undefined ? "" : `, ${comment.startsWith('"') ? comment : `"${comment}"`}`;
  const limits = verdict === "allow" ? limitsOnWay(steps) : [];
  return [
    `decided by ${formatPlace(decidedBy)}: ${describeAction(decidedBy)}${why}`,
    ...causes.map(formatCause),
    ...(limits.length === 0 ? [] : [`as long as it is within the limits of ${limits.join(", ")}`]),
  ];
}

function formatCause({ step, origin }: Cause): string {
  return `because of ${origin.object}, ${origin.field} (${formatLocation(origin.location)}): ${step.chain} ${step.rule}`;
}

function formatEnd({ name, endpoint }: TraceEnd): string {
  return name === endpoint.address ? name : `${name} (${endpoint.address})`;
}

function formatAsked({ question: { port, state } }: TraceAnswer): string {
  const connection = state === "new" ? "a new connection" : "a packet of an established connection";
  if (port.kind === "any") return `any ${port.protocol === undefined ? "" : `${port.protocol} `}port, ${connection}`;
  return `port ${port.port}/${port.protocol}${port.name === undefined ? "" : ` (${port.name})`}, ${connection}`;
}

function formatPlace({ chain, rule }: TraceStep): string {
  return `${chain} ${rule === 0 ? "policy" : rule}`;
}

function formatTraffic(walks: readonly Walk[]): string {
  const traffic = walks.flatMap(({ protocol, ports }) =>
    ports.map(({ first, last }) => trafficOf(protocol, first, last)),
  );
  return describeTraffic(traffic.reduce(unionTraffic, noTraffic));
}

/** Walks that end alike, for the same reasons. */
function groupWalks(walks: readonly Walk[]): readonly (readonly Walk[])[] {
  const groups = new Map<string, Walk[]>();
  for (const walk of walks) {
    const key = [walk.verdict, ...formatReasons(walk)].join("\n");
    const others = groups.get(key);
    if (others) others.push(walk);
    else groups.set(key, [walk]);
  }
  return [...groups.values()];
}
