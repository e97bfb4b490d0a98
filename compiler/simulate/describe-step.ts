import type { Match, Rule } from "../netfilter/tables.js";
import type { Legend } from "./legend.js";
import { describeLimit } from "./limit-words.js";
import type { TraceStep } from "./trace.js";
import { protocolOf, type Outcome } from "./verdicts.js";

/** Why a rule matched (all its reasons) or did not (the first): `source is not in podlabel-app:web`; "" when it asks nothing. */
export function describeMatches(step: TraceStep, rule: Rule | undefined, legend: Legend): string {
  const asked = (rule?.matches ?? []).filter(({ kind }) => kind !== "comment");
  const outcomes = asked.map((match, index) => ({ match, outcome: step.matches[index]?.outcome ?? "unknown" }));
  const shown =
    step.matched === false
      ? outcomes.filter(({ outcome }) => outcome === false).slice(0, 1)
      : outcomes.filter(({ match, outcome }) => outcome === "unknown" || !saysNothing(match));
  return joinAlike(shown.map(({ match, outcome }) => describeMatch(match, outcome, legend))).join(", ");
}

/** `source is in a`, `source is in b` become `source is in a and b`. */
function joinAlike(facts: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let before = "";
  for (const fact of facts) {
    const subject = /^(?:unknown whether )?(?:source|destination) is in /.exec(fact)?.[0] ?? "";
    if (subject !== "" && subject === before) joined.push(`${joined.pop()!} and ${fact.slice(subject.length)}`);
    else joined.push(fact);
    before = subject;
  }
  return joined;
}

/** What a rule that matched does: `jump to AZURE-NPM`, `drop`; "" when it lets the packet go on. */
export function describeAction({ action, to, text, side, becomes }: TraceStep): string {
  switch (action) {
    case "translate":
      return `the ${side} becomes ${becomes ?? "the address of the interface it leaves by"}`;
    case "jump":
    case "goto":
      return `${action === "jump" ? "jump" : "go"} to ${to}`;
    case "mark":
      return `set mark ${/--set-xmark (\S+)/.exec(text)?.[1] ?? ""}`;
    case "none":
      return "";
    case "unknown":
      return `unknown: ${/-[jg] .*/.exec(text)?.[0] ?? text}`;
    default:
      return action;
  }
}

function describeMatch(match: Match, outcome: Outcome, legend: Legend): string {
  if (match.kind === "other") {
    const words = match.words.join(" ");
    return outcome === "unknown" ? `unknown: ${words}` : (describeLimit(match.words, outcome) ?? words);
  }
  const negated = "negated" in match && match.negated;
  if (outcome === "unknown") return `unknown whether ${describeFact(match, !negated, legend)}`;
  return describeFact(match, outcome !== negated, legend);
}

/** A match's question, answered. */
export function describeFact(match: Exclude<Match, { kind: "other" }>, holds: boolean, legend: Legend): string {
  const is = holds ? "is" : "is not";
  switch (match.kind) {
    case "protocol":
      return `protocol ${is} ${match.protocol}`;
    case "destination-port":
      return match.first === match.last ? `port ${is} ${match.first}` : `port ${is} in ${match.first}-${match.last}`;
    case "multiport": {
      const ports = match.ranges
        .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
        .join(", ");
      return `${match.side} port ${is} ${match.ranges.length === 1 && !ports.includes("-") ? "" : "in "}${ports}`;
    }
    case "icmp":
      return `ICMP type ${is} ${match.type}${match.code === undefined ? "" : ` code ${match.code}`}`;
    case "interface":
      return `it ${holds ? "comes" : "does not come"} ${match.direction === "in" ? "in" : "out"} through ${match.name}`;
    case "set":
      return `${describeFlags(match.flags)} ${is} in ${legend.setName(match.set)}`;
    case "mark":
      return describeMark(match.value, match.mask, holds);
    case "connection-state":
      return `state ${is} ${match.states.join(" or ")}`;
    case "address":
      return `${match.side} ${is} in ${match.network}`;
    case "comment":
      return "";
  }
}

function describeMark(value: number, mask: number, holds: boolean): string {
  const isOneBit = (mask & (mask - 1)) === 0;
  if (value === 0 && !isOneBit && mask !== 0xffffffff)
    return `mark has ${holds ? "none" : "some"} of 0x${mask.toString(16)}`;
  if (value === 0 && mask !== 0xffffffff) return describeMark(mask, mask, !holds);
  if (mask === value) return `mark ${holds ? "has" : "lacks"} 0x${value.toString(16)}`;
  const whole = mask === 0xffffffff ? "" : `/0x${mask.toString(16)}`;
  return `mark is ${holds ? "" : "not "}0x${value.toString(16)}${whole}`;
}

function describeFlags(flags: string): string {
  const side = (flag: string | undefined): string => (flag === "src" ? "source" : "destination");
  const [address, port] = flags.split(",");
  return port === undefined ? side(address) : `${side(address)} with its ${side(port)} port`;
}

/** `-m tcp` behind `-p tcp`. */
export function saysNothing(match: Match): boolean {
  return match.kind === "other" && match.words.length === 2 && protocolOf(match.words[1]!) !== undefined;
}
