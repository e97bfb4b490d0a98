import { formatLocation } from "../text/source.js";
import type { TraceAnswer, TraceEnd, Walk } from "./answer-trace.js";
import type { Legend } from "./legend.js";
import { formatPorts } from "./matrix-csv.js";
import { unionTraffic, noTraffic, trafficOf } from "./traffic.js";
import type { TracedTables, TraceStep } from "./trace.js";

/** A trace for programs; `traceJsonSchema` describes it. */
export function traceJson(answer: TraceAnswer, tables: TracedTables, legend: Legend): object {
  const { question, verdict, walks } = answer;
  const { port, state } = question;
  const stepsOf = ({ steps }: Walk): object[] => steps.map((step) => stepJson(step, tables, legend));
  return {
    verdict,
    source: endJson(question.source),
    destination: endJson(question.destination),
    port: port.kind === "any" ? `any${port.protocol ? `/${port.protocol}` : ""}` : `${port.port}/${port.protocol}`,
    state,
    steps: port.kind === "one" ? stepsOf(walks[0]!) : [],
    decidedBy: port.kind === "one" ? placeJson(walks[0]!.decidedBy) : null,
    because: port.kind === "one" ? causesJson(walks[0]!) : [],
    ...(port.kind === "any" && {
      ports: walks.map((walk) => ({
        protocol: walk.protocol,
        ports: formatPorts(trafficOfWalk(walk), walk.protocol),
        verdict: walk.verdict,
        example: walk.packet.port ?? null,
        steps: stepsOf(walk),
        decidedBy: placeJson(walk.decidedBy),
        because: causesJson(walk),
      })),
    }),
  };
}

function trafficOfWalk({ protocol, ports }: Walk) {
  return ports.reduce((all, { first, last }) => unionTraffic(all, trafficOf(protocol, first, last)), noTraffic);
}

function endJson({ name, endpoint }: TraceEnd): object {
  return { name, address: endpoint.address, kind: endpoint.kind };
}

function stepJson(step: TraceStep, tables: TracedTables, legend: Legend): object {
  const rule = tables.chains.find(({ name }) => name === step.chain)?.rules[step.rule - 1];
  const origin = rule && legend.originOf(step.chain, rule);
  const asked = rule?.matches.filter(({ kind }) => kind !== "comment") ?? [];
  return {
    chain: step.chain,
    rule: step.rule,
    text: step.text,
    matched: step.matched,
    matches: step.matches.map(({ text, outcome }, index) => {
      const match = asked[index];
      const name = match?.kind === "set" ? legend.setName(match.set) : undefined;
      return { text, outcome, ...(name !== undefined && { set: name }) };
    }),
    action: step.action,
    ...(step.to !== undefined && { to: step.to }),
    ...(step.mark !== undefined && { mark: step.mark }),
    ...(step.side !== undefined && { side: step.side }),
    ...(step.becomes !== undefined && { becomes: step.becomes }),
    ...(origin?.kind === "field" && {
      origin: { object: origin.object, field: origin.field, at: formatLocation(origin.location) },
    }),
  };
}

function placeJson(step: TraceStep | undefined): object | null {
  return step ? { chain: step.chain, rule: step.rule, text: step.text } : null;
}

function causesJson({ causes }: Walk): readonly object[] {
  return causes.map(({ step, origin }) => ({
    policy: origin.object,
    field: origin.field,
    at: formatLocation(origin.location),
    chain: step.chain,
    rule: step.rule,
  }));
}
