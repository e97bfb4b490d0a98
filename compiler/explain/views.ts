import { before, type Explained, type Explanation } from "./explanation.js";

/** What is shown of an explanation: things with everything below them that belongs to the question. */
export interface View {
  readonly rulesOf: string;
  readonly things: readonly Explained[];
}

/** Every policy, then the chains that are there whatever the policies say, and where the rules do otherwise than the specification. */
export function viewAll(explanation: Explanation): View {
  const { rulesOf, policies, chains } = explanation;
  const base = chains.filter(
    ({ title, parts, origins: [origin], links }) =>
      !isOfOtherTable(title) &&
      parts.some(isOfEngine) &&
      (origin?.kind === "engine" || !links.some((id) => id.startsWith("policy "))),
  );
  const ofEngine = base.map((chain) => ({ ...chain, parts: chain.parts.filter(isOfEngine) }));
  return {
    rulesOf,
    things: [
      ...policies.flatMap((policy) => viewPolicy(explanation, policy).things),
      ...ofEngine,
      ...explanation.quirks(),
    ],
  };
}

/** A policy: below each part the rules that it makes, and in the end the sets that these ask for. */
export function viewPolicy(explanation: Explanation, policy: Explained): View {
  const rules = indexOf(explanation.chains);
  const linked = new Set<string>();
  const expand = (part: Explained): Explained => {
    const its = part.kind === "port" ? [] : part.links.flatMap((id) => rules.get(id) ?? []);
    for (const { links } of its) for (const id of links) if (id.startsWith("set ")) linked.add(id);
    return { ...part, parts: [...part.parts.map(expand), ...its] };
  };
  const expanded = expand(policy);
  const sets = explanation.sets.filter(({ id }) => linked.has(id)).map((set) => withMembers(explanation, set, 5));
  return { rulesOf: explanation.rulesOf, things: [{ ...expanded, parts: [...expanded.parts, ...sets] }] };
}

/** A rule: what it does, what its sets stand for, and the parts of the policy that made it. */
export function viewRule(explanation: Explanation, rule: Explained): View {
  if (rule.kind === "chain") return { rulesOf: explanation.rulesOf, things: [rule] };
  const parts = indexOf(explanation.policies);
  const sets = indexOf(explanation.sets);
  const causes = rule.links.flatMap((id) => parts.get(id) ?? []);
  return {
    rulesOf: explanation.rulesOf,
    things: [
      {
        ...rule,
        parts: [
          ...causes.map((part) => ({ ...part, parts: part.parts.filter(({ kind }) => kind === "trap") })),
          ...rule.links.flatMap((id) => sets.get(id) ?? []).map((set) => withMembers(explanation, set, 5)),
        ],
      },
    ],
  };
}

/** A set: who is in it and why, and the rules that ask for it. */
export function viewSet(explanation: Explanation, set: Explained): View {
  const others = new Map([...indexOf(explanation.chains), ...indexOf(explanation.sets)]);
  const users = set.links
    .flatMap((id) => others.get(id) ?? [])
    .map((user) => ({ ...user, parts: [], text: user.text.slice(0, 1) }));
  return {
    rulesOf: explanation.rulesOf,
    things: [{ ...set, parts: [...explanation.members(set.id.slice("set ".length)), ...users] }],
  };
}

export function withMembers(explanation: Explanation, set: Explained, most: number): Explained {
  const members = explanation.members(set.id.slice("set ".length));
  return {
    ...set,
    text: members.length > most ? [...set.text, `The first ${most} are below.`] : set.text,
    parts: members.slice(0, most),
  };
}

/** `raw cali-PREROUTING`: explained when somebody asks for it. */
function isOfOtherTable(title: string): boolean {
  return title.includes(" ");
}

/** No part of a policy made the rule, and it was not there before the engine. */
function isOfEngine({ origins, links }: Explained): boolean {
  return origins[0] !== before && !links.some((id) => id.startsWith("policy "));
}

/** Id → thing, with all that is below them. */
export function indexOf(things: readonly Explained[]): ReadonlyMap<string, Explained> {
  const index = new Map<string, Explained>();
  const visit = (thing: Explained): void => {
    index.set(thing.id, thing);
    thing.parts.forEach(visit);
  };
  things.forEach(visit);
  return index;
}
