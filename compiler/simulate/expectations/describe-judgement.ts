import { formatLocation } from "../../text/source.js";
import type { DirectionJudgement, Judgement, Reason } from "../judgement.js";

/** Why the specification allows a packet, a line for each direction; or denies it, a line for each that does. */
export function describeJudgement(judgement: Judgement, source: string, destination: string): readonly string[] {
  const { verdict, ingress, egress } = judgement;
  const lines = [
    { judged: egress, text: `egress of ${source}: ${describeDirection(egress)}` },
    { judged: ingress, text: `ingress of ${destination}: ${describeDirection(ingress)}` },
  ];
  return lines.filter(({ judged }) => judged.verdict === verdict).map(({ text }) => text);
}

function describeDirection({ verdict, reasons }: DirectionJudgement): string {
  const words = reasons.slice(0, shown).map(describeReason);
  if (reasons.length > shown) words.push(`${reasons.length - shown} more`);
  if (verdict === "allow") return words.join(" and ");
  // A rule that denies speaks for itself.
  return reasons.every(({ kind }) => kind === "policy-isolates")
    ? `no rule of ${words.join(" or ")} allows it`
    : words.join(", ");
}

/** Policies that are named of many. */
const shown = 5;

function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case "not-a-pod":
      return "policies do not apply, it is no pod with an address of its own";
    case "not-isolated":
      return "no policy selects it";
    case "by-default":
      return reason.text;
    case "rule-denies":
      return `${reason.policy}, ${reason.field} (${formatLocation(reason.location)}) denies it`;
    case "rule-allows":
      return `${reason.policy}, ${reason.field} (${formatLocation(reason.location)}) allows it`;
    case "policy-isolates":
      return `${reason.policy} (${formatLocation(reason.location)})`;
  }
}
