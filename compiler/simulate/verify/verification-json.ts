import { formatLocation } from "../../text/source.js";
import type { TraceStep } from "../trace.js";
import type { Finding, Verification } from "./finding.js";
import { adviceOf, causeOf, titleOf } from "./words.js";

/** A verification for programs. */
export function verificationJson({ agrees, findings, accepted }: Verification): object {
  return { agrees, findings: findings.map(findingJson), accepted };
}

function findingJson(finding: Finding): object {
  const { code, deviation, packet, expected, actual, policy, place, rule, causes, together } = finding;
  const { source, destination, protocol, port, state } = packet;
  return {
    code,
    title: titleOf(finding),
    packet: {
      source: source.name,
      sourceAddress: source.address,
      destination: destination.name,
      destinationAddress: destination.address,
      protocol,
      ...(port !== undefined && { port }),
      ...(packet.sourcePort !== undefined && { sourcePort: packet.sourcePort }),
      ...(packet.otherProtocol && { otherProtocol: packet.otherProtocol }),
      state,
    },
    expected,
    actual,
    policy: policy ?? null,
    object: place?.object ?? null,
    field: place?.field ?? null,
    at: place ? formatLocation(place.location) : null,
    rule: rule ? stepJson(rule) : null,
    causes: causes.map(stepJson),
    together,
    generations: deviation?.generations ?? [],
    releases: deviation?.releases ?? null,
    cause: causeOf(finding),
    advice: adviceOf(finding),
  };
}

function stepJson({ chain, rule, text }: TraceStep): object {
  return { chain, number: rule, text };
}
