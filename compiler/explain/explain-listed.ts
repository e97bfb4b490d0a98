import { describeExpression, describePorts } from "../pairs/describe.js";
import type { AnyDirection, AnyGroup, AnyPairs, Rank } from "../pairs/any-pairs.js";
import type { Explained } from "./explanation.js";

/** A policy of another kind than Kubernetes' own, in the words of the documentation of the engine that has it: tier, order, actions. */
export function explainListed(pairs: AnyPairs, isFirst: boolean): Explained {
  const { policy, origin, directions, rank } = pairs;
  const id = `policy ${policy}`;
  return {
    id,
    kind: "policy",
    title: rank?.tier.kind === "profiles" ? policy : `policy ${policy}`,
    text: rankTexts(pairs, isFirst),
    origins: [origin],
    links: [],
    parts: directions.map((direction) => explainDirection(direction, id, rank)),
  };
}

/** Where a policy stands among others, a sentence each; what holds for its whole tier is said of the first policy of the tier alone. */
export function rankTexts({ rank }: Pick<AnyPairs, "rank">, isFirst: boolean): readonly string[] {
  if (!rank) return [];
  const { tier, order, remarks } = rank;
  if (tier.kind === "profiles")
    return isFirst
      ? [
          "Profiles are asked where no policy selects the endpoint, and decide there. What none of them allows is denied.",
        ]
      : [];
  const place =
    order === undefined ? "without an order, so it comes behind those that have one" : `with order ${order}`;
  const own = [`It stands in tier ${tier.name}, ${[place, ...remarks].join("; ")}.`];
  if (!isFirst) return own;
  const end = tier.otherwise === "deny" ? "denied" : "passed on to the next tier";
  return [
    ...own,
    "The policies of a tier are asked by their order, lower numbers first, and the first rule that fits decides.",
    `What policies of this tier select and none decides about is ${end}.`,
  ];
}

function explainDirection(
  { direction, subjects, groups, origin }: AnyDirection,
  id: string,
  rank: Rank | undefined,
): Explained {
  const none = groups.length === 0 ? ` It has no ${direction} rule: the end of the tier decides.` : "";
  return {
    id: `${id} ${direction}`,
    kind: "direction",
    title: direction,
    text: [`It applies to ${describeExpression(subjects)}.${rank?.tier.kind === "tier" ? none : ""}`],
    origins: [origin],
    links: [],
    parts: groups.map((group, index) => explainGroup(group, subjects.length, `${id} ${direction} ${index + 1}`)),
  };
}

/** What stands before and behind the traffic. */
const verbs: Readonly<Record<AnyGroup["verdict"], readonly [string, string]>> = {
  allow: ["Allows", ""],
  disallow: ["Denies", ""],
  deny: ["Denies", ""],
  pass: ["Passes", "; the next tier decides"],
  log: ["Logs", "; the next rule decides"],
};

function explainGroup(group: AnyGroup, subjects: number, id: string): Explained {
  const { verdict, direction, sources, destinations, origin } = group;
  const ingress = direction === "ingress";
  const peers = ingress ? sources : destinations;
  const own = (ingress ? destinations : sources).slice(subjects);
  const alsoOwn = own.length === 0 ? "" : `, ${ingress ? "to" : "from"} ${describeExpression(own)} among them`;
  return {
    id,
    kind: "policy-rule",
    title: origin.kind === "field" ? origin.field : direction,
    text: [
      `${verbs[verdict][0]} traffic ${ingress ? "from" : "to"} ${describeExpression(peers)}${alsoOwn}, on ${describePorts(group)}${verbs[verdict][1]}.`,
    ],
    origins: [origin],
    links: [],
    parts: [],
  };
}
