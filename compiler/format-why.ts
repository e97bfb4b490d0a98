import { describeEndList } from "./diff/connections/connection-lines.js";
import { describeTraffic } from "./simulate/traffic-words.js";
import { formatLocation } from "./text/source.js";
import type { Reason } from "./simulate/judge.js";
import type { VerdictEdit, WhyAnswer } from "./why.js";

/** Why a connection passes or not, for people. */
export function formatWhy(answer: WhyAnswer): string {
  const { question, judgement, walk, wanted, edits, gaveUp } = answer;
  const lines = [
    `${question.source.name} → ${question.destination.name}, port ${portText(answer)}: ${said[walk.verdict]}`,
    "",
    ...(["egress", "ingress"] as const).flatMap((direction) => [
      `${direction} ${direction === "egress" ? "from the source" : "to the destination"}: ${said[judgement[direction].verdict]}`,
      ...judgement[direction].reasons.map((reason) => `  ${reasonText(reason, direction)}`),
    ]),
    "",
    `rule that decides: ${walk.decidedBy ? `${walk.decidedBy.chain} ${walk.decidedBy.rule}: ${walk.decidedBy.text}` : "none"}`,
    ...walk.causes.map(
      ({ step, origin }) =>
        `  because of ${origin.object} ${origin.field} (${formatLocation(origin.location)}): ${step.chain} ${step.rule}`,
    ),
    ...(judgement.verdict === walk.verdict
      ? []
      : [
          `not as specified: the specification wants it ${said[judgement.verdict]}; anpm verify says why the rules do otherwise`,
        ]),
    "",
    ...(edits.length === 0 ? [noEdit(wanted, gaveUp)] : edits.flatMap((edit, index) => editLines(edit, wanted, index))),
  ];
  return `${lines.join("\n").replace(/\n+$/, "")}\n`;
}

/** The same for programs. */
export function whyJson(answer: WhyAnswer): object {
  const { question, judgement, walk, wanted, edits, gaveUp } = answer;
  return {
    source: question.source.name,
    destination: question.destination.name,
    port: portText(answer),
    verdict: { rules: walk.verdict, specification: judgement.verdict },
    reasons: (["egress", "ingress"] as const).flatMap((direction) =>
      judgement[direction].reasons.map((reason) => ({
        direction,
        kind: reason.kind,
        ...("policy" in reason && { policy: reason.policy, field: reason.field, at: formatLocation(reason.location) }),
      })),
    ),
    decidedBy: walk.decidedBy
      ? { chain: walk.decidedBy.chain, rule: walk.decidedBy.rule, text: walk.decidedBy.text }
      : null,
    wanted,
    gaveUp,
    edits: edits.map(({ steps, size, patch, others }) => ({
      steps,
      size,
      patch,
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
          kind: { enum: ["not-a-pod", "not-isolated", "rule-allows", "policy-isolates"] },
          policy: text,
          field: text,
          at: text,
        }),
        required: ["direction", "kind"],
      },
    },
    decidedBy: { ...closed({ chain: text, rule: { type: "integer" }, text }), type: ["object", "null"] },
    wanted: { enum: ["allow", "deny"] },
    gaveUp: { type: "boolean", description: "No edit was found, and not all were tried." },
    edits: {
      type: "array",
      description: "The smallest first; a second one where it changes fewer other connections.",
      items: closed({
        steps: { type: "array", items: closed({ policy: text, what: text }) },
        size: { type: "integer", description: "Lines that the patch adds and removes." },
        patch: { ...text, description: "Unified diff, for patch -p0 or git apply -p0." },
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
    case "rule-allows":
      return `policy ${reason.policy} allows it by ${reason.field} (${formatLocation(reason.location)})`;
    case "policy-isolates":
      return `policy ${reason.policy} selects the pod and has no rule that allows it: ${reason.field} (${formatLocation(reason.location)})`;
  }
}

function noEdit(wanted: "allow" | "deny", gaveUp: boolean): string {
  const verb = `would ${wanted === "allow" ? "allow" : "deny"} it by the specification and by the rules`;
  return gaveUp
    ? `no edit was found that ${verb}, though not all were tried`
    : `no edit of a few fields was found that ${verb}`;
}

function editLines(
  { steps, size, patch, others }: VerdictEdit,
  wanted: "allow" | "deny",
  index: number,
): readonly string[] {
  const head = index === 0 ? "smallest edit that would" : "an edit that changes less else, and would";
  return [
    `${head} ${wanted} it (${size} ${size === 1 ? "line" : "lines"}):`,
    ...steps.map(({ policy, what }) => `  ${policy}: ${what}`),
    ...(others.length === 0
      ? ["  nothing else opens or closes"]
      : others.map(
          ({ what, sources, destinations, traffic }) =>
            `  also ${what}: ${describeEndList(sources)} → ${describeEndList(destinations)}: ${describeTraffic(traffic)}`,
        )),
    "",
    ...patch.replace(/\n$/, "").split("\n"),
    "",
  ];
}
