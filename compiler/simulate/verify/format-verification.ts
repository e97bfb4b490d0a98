import type { Deviation } from "../../engines/deviation.js";
import { formatLocation } from "../../text/source.js";
import type { TraceStep, Verdict } from "../trace.js";
import type { Finding, FoundEnd, FoundPacket, Verification } from "./finding.js";
import { adviceOf, causeOf, titleOf } from "./words.js";

/** A verification for people. `rules`: whose rules they are, `the rules of azure-npm v2 (v1.8.12)`. */
export function formatVerification({ findings, accepted }: Verification, rules: string): string {
  const codes = accepted.length === 0 ? "" : `, not counting what is accepted: ${accepted.join(", ")}`;
  if (findings.length === 0) return `${rules} do what the specification says, for every packet${codes}\n`;
  const differences = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return `${[...findings.map(formatFinding), `${differences}: ${rules} differ from the specification${codes}`].join("\n\n")}\n`;
}

function formatFinding(finding: Finding): string {
  const { code, deviation, packet, expected, actual, policy, place, rule, causes, together } = finding;
  const { source, destination, protocol, port, state } = packet;
  const from = packet.sourcePort === undefined ? "" : ` from port ${packet.sourcePort}`;
  const ports = port === undefined ? otherText(packet) : `${port}/${protocol}${from}`;
  const what =
    state === "reply"
      ? `a reply from ${end(source)} to ${end(destination)}, ${protocol}${from}`
      : `from ${end(source)} to ${end(destination)}, ${ports}`;
  const lines: (readonly [string, string])[] = [
    ["packet", `${what}: ${said[expected]} by the specification, ${said[actual]} by the rules`],
    ...(place ? [["where", `${formatLocation(place.location)} ${place.object} ${place.field}`] as const] : []),
    ...(policy !== undefined && policy !== place?.object ? [["policy", policy] as const] : []),
    ["why", causeOf(finding)],
    ...(together.length > 0 ? [["with", together.join(", ")] as const] : []),
    ...causes.map((step) => ["rule", ruleText(step)] as const),
    ["decides", rule ? ruleText(rule) : actual === "depends" ? "a rule of which nothing is known" : "no rule"],
    ...(deviation ? [["in", releasesText(deviation)] as const] : []),
    ["instead", adviceOf(finding)],
  ];
  return [`${code}: ${titleOf(finding)}`, ...lines.map(([label, text]) => `  ${`${label}:`.padEnd(9)}${text}`)].join(
    "\n",
  );
}

/** `ICMP type 8 code 0`, `protocol 47` */
function otherText({ otherProtocol: other }: FoundPacket): string {
  if (!other) return "a protocol without ports";
  return other.icmp ? `ICMP type ${other.icmp.type} code ${other.icmp.code}` : `protocol ${other.number}`;
}

function releasesText({ generations, releases }: Deviation): string {
  return generations.length === 0 ? releases : `${generations.join(", ")} (${releases})`;
}

const said: Readonly<Record<Verdict, string>> = { allow: "allowed", deny: "denied", depends: "left open" };

function end({ name, address }: FoundEnd): string {
  return name === address ? name : `${name} (${address})`;
}

function ruleText({ chain, rule, text }: TraceStep): string {
  return rule === 0 ? text : `${chain} ${rule}: ${text}`;
}
