import { formatLocation } from "../../text/source.js";
import type { DirectionJudgement, Reason } from "../judgement.js";
import { formatPorts } from "../matrix-csv.js";
import type { TraceStep } from "../trace.js";
import { portsOf, protocols, type Traffic } from "../traffic.js";
import type { ExpectationFailure, ExpectationResult } from "./check-expectation.js";
import type { CheckedExpectations } from "./check-expectations.js";
import { formatExpectedPort } from "./expected-traffic.js";

/** Every expectation with all its failures, for programs. */
export function formatJson(checked: CheckedExpectations): string {
  const failed = checked.results.filter(({ failures }) => failures.length > 0).length;
  const value = {
    met: failed === 0,
    failed,
    expectations: checked.results.map(resultJson),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function resultJson({ expectation, pairs, failures }: ExpectationResult): object {
  const { from, to, ports, verdict, because } = expectation;
  return {
    at: formatLocation(expectation),
    from: from.map(({ text }) => text),
    to: to.map(({ text }) => text),
    ports: ports.map(formatExpectedPort),
    expected: verdict,
    because,
    met: failures.length === 0,
    pairs,
    failures: failures.map(failureJson),
  };
}

function failureJson(failure: ExpectationFailure): object {
  const { source, destination, traffic, pairs, packet, bySpecification, byRules } = failure;
  const { judgement, trace, decidedBy, causes, legend, tables } = failure.explain();
  const stepJson = (step: TraceStep): object => {
    const rule = tables.chains.find(({ name }) => name === step.chain)?.rules[step.rule - 1];
    const origin = rule && legend.originOf(step.chain, rule);
    return {
      chain: step.chain,
      rule: step.rule,
      text: step.text,
      action: step.action,
      ...(origin?.kind === "field" && {
        origin: { object: origin.object, field: origin.field, at: formatLocation(origin.location) },
      }),
    };
  };
  return {
    source: source.name,
    destination: destination.name,
    pairs,
    traffic: trafficJson(traffic),
    packet: {
      source: packet.source.address,
      destination: packet.destination.address,
      protocol: packet.protocol,
      port: packet.protocol === "other" ? null : packet.port,
    },
    differ: bySpecification !== byRules,
    specification: {
      verdict: bySpecification,
      egress: directionJson(judgement.egress),
      ingress: directionJson(judgement.ingress),
    },
    rules: {
      verdict: byRules,
      decidedBy: decidedBy ? { chain: decidedBy.chain, rule: decidedBy.rule, text: decidedBy.text } : null,
      because: causes.map(({ origin }) => ({
        policy: origin.object,
        field: origin.field,
        at: formatLocation(origin.location),
      })),
      steps: trace.steps.filter(({ matched }) => matched !== false).map(stepJson),
    },
  };
}

function trafficJson(traffic: Traffic): readonly object[] {
  return protocols
    .filter((protocol) => portsOf(traffic, protocol).length > 0)
    .map((protocol) => ({ protocol, ports: formatPorts(traffic, protocol) }));
}

function directionJson({ verdict, reasons }: DirectionJudgement): object {
  return { verdict, reasons: reasons.map(reasonJson) };
}

function reasonJson(reason: Reason): object {
  if (!("policy" in reason)) return reason;
  const { kind, policy, field, location } = reason;
  return { kind, policy, field, at: formatLocation(location) };
}
