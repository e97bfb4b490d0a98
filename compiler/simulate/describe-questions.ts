import type { Match, Rule } from "../netfilter/tables.js";
import { joinWords } from "../text/join-words.js";
import { describeFact, saysNothing } from "./describe-step.js";
import type { Legend } from "./legend.js";
import { describeLimit } from "./limit-words.js";

/** What a rule asks, whatever the packet: `the source is in podlabel-app:web, and the port is 80/tcp`; "" when it asks nothing. */
export function describeQuestions({ matches }: Rule, legend: Legend): string {
  const asked = matches.filter((match) => match.kind !== "comment" && !saysNothing(match));
  const clauses: string[] = [];
  const told = new Set<Match>();
  for (const match of asked) {
    if (told.has(match)) continue;
    const alike = asked.filter((other) => isAlike(match, other));
    for (const each of alike) told.add(each);
    clauses.push(describeAlike(match, alike, asked, legend));
  }
  const said = clauses.filter((clause) => clause !== "");
  return said.length < 2 ? said.join("") : `${said.slice(0, -1).join(", ")}, and ${said.at(-1)!}`;
}

/** Whether two matches ask about membership of the same end, so that one sentence can name both. */
function isAlike(one: Match, other: Match): boolean {
  return one === other || (one.kind === "set" && other.kind === "set" && one.flags === other.flags);
}

function describeAlike(first: Match, alike: readonly Match[], all: readonly Match[], legend: Legend): string {
  switch (first.kind) {
    case "set": {
      const names = (negated: boolean): readonly string[] =>
        alike.flatMap((match) =>
          match.kind === "set" && match.negated === negated ? [legend.setName(match.set)] : [],
        );
      const [inside, outside] = [names(false), names(true)];
      const subject = describeFact({ ...first, negated: false }, true, legend)
        .replace(/ is in .*$/s, "")
        .replace(/^(source|destination) with its \1 port$/, "$1 with its port");
      const positive = inside.length === 0 ? [] : [`in ${joinWords(inside)}`];
      const negative =
        outside.length === 0 ? [] : [`${inside.length === 0 ? "" : "but "}not in ${joinWords(outside, "or")}`];
      return `the ${subject} is ${[...positive, ...negative].join(" ")}`;
    }
    case "protocol":
      if (!first.negated && all.some(({ kind }) => kind === "destination-port" || kind === "multiport")) return "";
      return `the ${describeFact(first, !first.negated, legend)}`;
    // Ports say it, of which protocol they are.
    case "multiport": {
      const protocol = all.find((match) => match.kind === "protocol");
      return `the ${protocol ? `${protocol.protocol} ` : ""}${describeFact(first, !first.negated, legend)}`;
    }
    case "destination-port":
      return `the ${describeFact(first, true, legend)}/${first.protocol}`;
    case "connection-state":
      return describeState(first.states, first.negated);
    case "interface":
      return describeFact(first, !first.negated, legend);
    case "other":
      if (first.words.join(" ") === opensTcp) return "it opens a connection of TCP";
      return describeLimit(first.words, true) ?? `${first.words.join(" ")} holds`;
    default:
      return `the ${describeFact(first, "negated" in first ? !first.negated : true, legend)}`;
  }
}

/** What `--syn` is printed as. */
const opensTcp = "-m tcp --tcp-flags FIN,SYN,RST,ACK SYN";

/** States of connection tracking, in words: iptables-extensions(8), conntrack. */
const states: Readonly<Record<string, readonly [string, string]>> = {
  NEW: ["it opens a connection", "it opens no connection"],
  "RELATED,ESTABLISHED": ["it belongs to a connection that is open already", "it belongs to no open connection"],
  INVALID: ["connection tracking can make nothing of it", "connection tracking knows it"],
  DNAT: ["its destination was translated", "its destination was not translated"],
};

function describeState(asked: readonly string[], negated: boolean): string {
  const words = states[asked.join()]?.[negated ? 1 : 0];
  const name = `${negated ? "not " : ""}state ${asked.join(" or ")}`;
  return words === undefined ? `it is ${name}` : `${words} (${name})`;
}
