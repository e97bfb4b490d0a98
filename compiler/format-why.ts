import { describeEndList } from "./diff/connections/connection-lines.js";
import { describeTraffic } from "./simulate/traffic-words.js";
import type { ExplanationStyle, Piece } from "./explain/format-explanation.js";
import { formatLocation } from "./text/source.js";
import { wrap } from "./text/wrap.js";
import type { Reason } from "./simulate/judgement.js";
import type { VerdictEdit, WhyAnswer } from "./why.js";

/** Why a connection passes or not, for people. */
export function formatWhy(answer: WhyAnswer, style: ExplanationStyle = {}): string {
  const { question, judgement, walk, wanted, edits } = answer;
  const paint = style.paint ?? ((_, text) => text);
  const lines: string[] = [];
  const write = (text: string, indent = 0, piece?: Piece): void => {
    for (const line of wrap(text, style.width, indent))
      lines.push(" ".repeat(indent) + (piece ? paint(piece, line) : line));
  };
  write(
    `${question.source.name} → ${question.destination.name}, port ${portText(answer)}: ${said[walk.verdict]}`,
    0,
    "title",
  );
  lines.push("");
  for (const direction of ["egress", "ingress"] as const) {
    const { verdict, reasons } = judgement[direction];
    write(`${direction} ${direction === "egress" ? "from the source" : "to the destination"}: ${said[verdict]}`);
    for (const reason of reasons) write(reasonText(reason, direction), 2);
  }
  lines.push("");
  const { decidedBy } = walk;
  write(`rule that decides: ${decidedBy ? `${decidedBy.chain} ${decidedBy.rule}: ${decidedBy.text}` : "none"}`);
  for (const { step, origin } of walk.causes)
    write(
      `because of ${origin.object} ${origin.field} (${formatLocation(origin.location)}): ${step.chain} ${step.rule}`,
      2,
    );
  if (judgement.verdict !== walk.verdict)
    write(
      `not as specified: the specification wants it ${said[judgement.verdict]}; anpm verify says why the rules do otherwise`,
      0,
      "quirk",
    );
  lines.push("");
  for (const [index, edit] of edits.entries()) {
    const { steps, size, others, patch } = edit;
    const head = index === 0 ? "smallest edit that would" : "an edit that changes less else, and would";
    write(`${head} ${wanted} it (${size} ${size === 1 ? "line" : "lines"}):`, 0, "title");
    for (const { policy, what } of steps) write(`${policy}: ${what}`, 2);
    for (const text of otherTexts(others)) write(text, 2);
    lines.push("");
    for (const line of patch.replace(/\n$/, "").split("\n")) lines.push(paintDiff(line, paint));
    lines.push("");
  }
  write(searchText(answer));
  return `${lines.join("\n").replace(/\n+$/, "")}\n`;
}

function otherTexts(others: VerdictEdit["others"]): readonly string[] {
  if (others.length === 0) return ["nothing else opens or closes"];
  return others.map(
    ({ what, sources, destinations, traffic }) =>
      `also ${what}: ${describeEndList(sources)} → ${describeEndList(destinations)}: ${describeTraffic(traffic)}`,
  );
}

function paintDiff(line: string, paint: NonNullable<ExplanationStyle["paint"]>): string {
  if (/^(---|\+\+\+|@@)/.test(line)) return paint("place", line);
  return line.startsWith("+") ? paint("added", line) : line.startsWith("-") ? paint("removed", line) : line;
}

/** What the search leaves open. */
function searchText({ edits, wanted, tried, stopped }: WhyAnswer): string {
  if (edits.length > 0)
    return stopped
      ? `The search stopped after ${tried} edits, the small ones first. Larger ones were not all tried.`
      : "";
  const none = `No edit of a few fields was found that would ${wanted} it by the specification and by the rules`;
  return stopped ? `${none}. The search stopped after ${tried} edits; not all were tried.` : `${none}.`;
}

/** The same for programs. */
export function whyJson(answer: WhyAnswer): object {
  const { question, judgement, walk, wanted, edits, tried, stopped } = answer;
  return {
    source: question.source.name,
    destination: question.destination.name,
    port: portText(answer),
    verdict: { rules: walk.verdict, specification: judgement.verdict },
    reasons: (["egress", "ingress"] as const).flatMap((direction) =>
      judgement[direction].reasons.map((reason) => ({
        direction,
        kind: reason.kind,
        ...(reason.kind === "by-default" && { text: reason.text }),
        ...("policy" in reason && { policy: reason.policy, field: reason.field, at: formatLocation(reason.location) }),
      })),
    ),
    decidedBy: walk.decidedBy
      ? { chain: walk.decidedBy.chain, rule: walk.decidedBy.rule, text: walk.decidedBy.text }
      : null,
    wanted,
    tried,
    stopped,
    edits: edits.map(({ steps, size, patch, kubectl, others }) => ({
      steps,
      size,
      patch,
      kubectl,
      others: others.map(({ what, sources, destinations, traffic }) => ({
        what,
        sources: sources.map(({ name }) => name),
        destinations: destinations.map(({ name }) => name),
        traffic: describeTraffic(traffic),
      })),
    })),
  };
}

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;

/** JSON Schema (2020-12) of `explain why -o json`. The package ships it as `why.schema.json`. */
export const whyJsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "anpm explain why -o json",
  ...closed({
    source: text,
    destination: text,
    port: { ...text, pattern: "^\\d+/(tcp|udp|sctp)$" },
    verdict: closed({ rules: { enum: ["allow", "deny", "depends"] }, specification: { enum: ["allow", "deny"] } }),
    reasons: {
      type: "array",
      items: {
        ...closed({
          direction: { enum: ["ingress", "egress"] },
          kind: { enum: ["not-a-pod", "not-isolated", "by-default", "rule-allows", "rule-denies", "policy-isolates"] },
          text: { ...text, description: "What the documentation says, for by-default." },
          policy: text,
          field: text,
          at: text,
        }),
        required: ["direction", "kind"],
      },
    },
    decidedBy: { ...closed({ chain: text, rule: { type: "integer" }, text }), type: ["object", "null"] },
    wanted: { enum: ["allow", "deny"] },
    tried: { type: "integer", description: "How many edits were compiled and judged, the small ones first." },
    stopped: { type: "boolean", description: "There were more edits than a search may try." },
    edits: {
      type: "array",
      description: "The smallest first; a second one where it changes fewer other connections.",
      items: closed({
        steps: { type: "array", items: closed({ policy: text, what: text }) },
        size: { type: "integer", description: "Lines that the patch adds and removes." },
        patch: { ...text, description: "Unified diff of the manifests, for git apply or patch -p1." },
        kubectl: {
          ...text,
          description: "The same for a cluster: shell commands, kubectl patch with a merge patch for each policy.",
        },
        others: {
          type: "array",
          description: "What else opens or closes.",
          items: closed({ what: { enum: ["opened", "closed"] }, sources: texts, destinations: texts, traffic: text }),
        },
      }),
    },
  }),
};

function closed(properties: Readonly<Record<string, object>>) {
  return { type: "object", additionalProperties: false, required: Object.keys(properties), properties };
}

const said = { allow: "allowed", deny: "denied", depends: "left open" } as const;

function portText({ question: { port } }: WhyAnswer): string {
  return port.kind === "one" ? `${port.port}/${port.protocol}` : "any";
}

function reasonText(reason: Reason, direction: "ingress" | "egress"): string {
  switch (reason.kind) {
    case "not-a-pod":
      return "policies do not select addresses that no pod has of its own";
    case "not-isolated":
      return `no policy restricts the ${direction} of this pod, so everything is allowed`;
    case "by-default":
      return reason.text;
    case "rule-denies":
      return `policy ${reason.policy} denies it by ${reason.field} (${formatLocation(reason.location)})`;
    case "rule-allows":
      return `policy ${reason.policy} allows it by ${reason.field} (${formatLocation(reason.location)})`;
    case "policy-isolates":
      return `policy ${reason.policy} selects the pod and has no rule that allows it: ${reason.field} (${formatLocation(reason.location)})`;
  }
}
