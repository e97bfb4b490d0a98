import type { Machine } from "../engines/engine.js";
import type { Match, Rule, Tables } from "../netfilter/tables.js";
import type { Origin } from "../text/origin.js";
import type { Explained } from "./explanation.js";

/** How the parts of policies and the rules on a node belong together, by the origins of the rules. */
export interface RuleLinks {
  /** The part with, below each of its parts, the ids of the rules that it makes. */
  readonly withRules: (policy: Explained) => Explained;
  /** The parts of a policy that make a rule, the most exact first. */
  readonly partOf: (origin: Origin | undefined, rule: Rule) => readonly Explained[];
}

export function linkRules(policies: readonly Explained[], tables: Tables, machine: Machine): RuleLinks {
  const parts = new Map<string, Explained>();
  /** By object, field and place: two policies of different kinds may have one name. */
  const places = new Map<string, Explained>();
  const collect = (explained: Explained): void => {
    parts.set(explained.id, explained);
    const place = explained.kind === "trap" ? undefined : placeKey(explained.origins[0]);
    if (place !== undefined && !places.has(place)) places.set(place, explained);
    explained.parts.forEach(collect);
  };
  policies.forEach(collect);
  const sets = new Map(tables.sets.map((set) => [set.name, set]));
  const portNameOf = (name: string): string | undefined => {
    const set = sets.get(name);
    const meaning = set && machine.meaningOf(set);
    return meaning?.kind === "named-port" ? meaning.name : undefined;
  };

  const partOf = (origin: Origin | undefined, { matches }: Rule): readonly Explained[] => {
    // Annotations are those of pods, which may have the name of a policy.
    if (origin?.kind !== "field" || origin.field === "metadata.annotations") return [];
    const part = places.get(placeKey(origin)!) ?? nearest(origin.object, origin.field, parts);
    if (!part) return [];
    const [rule] = /^spec\.(?:in|e)gress\[\d+\]/.exec(origin.field) ?? [];
    const policyRule = rule === undefined ? undefined : parts.get(`policy ${origin.object} ${rule}`);
    const asked = portText(matches, portNameOf);
    const ports = (policyRule?.parts ?? []).filter(({ kind, title }) => kind === "port" && title === asked);
    return [part, ...ports];
  };

  const made = new Map<string, string[]>();
  for (const { name, rules } of tables.chains) {
    rules.forEach((rule, index) => {
      for (const { id } of partOf(rule.origin, rule)) {
        const ids = made.get(id);
        if (ids) ids.push(`rule ${name} ${index + 1}`);
        else made.set(id, [`rule ${name} ${index + 1}`]);
      }
    });
  }
  const withRules = (part: Explained): Explained => ({
    ...part,
    links: [...part.links, ...(made.get(part.id) ?? [])],
    parts: part.parts.map(withRules),
  });
  return { withRules, partOf };
}

function placeKey(origin: Origin | undefined): string | undefined {
  if (origin?.kind !== "field") return undefined;
  const { source, offset } = origin.location;
  return `${origin.object} ${origin.field} ${offset} ${source.name}`;
}

/** The part at a field, or the innermost around it. */
function nearest(policy: string, field: string, parts: ReadonlyMap<string, Explained>): Explained | undefined {
  for (let path = field; path !== ""; path = path.replace(/(^|\.)[^.[]*$|\[\d+\]$/, "")) {
    const found = parts.get(`policy ${policy} ${path}`);
    if (found) return found;
  }
  return parts.get(`policy ${policy}`);
}

/** What a rule asks of ports, as `describePort` says it of a policy's; undefined when it asks nothing. */
function portText(matches: readonly Match[], portNameOf: (set: string) => string | undefined): string | undefined {
  let protocol: string | undefined;
  for (const match of matches) {
    if (match.kind === "destination-port") {
      const { first, last } = match;
      return `${first === last ? first : `${first}-${last}`}/${match.protocol}`;
    }
    const name = match.kind === "set" ? portNameOf(match.set) : undefined;
    if (name !== undefined) return `${name}/${protocol ?? "tcp"} (by name)`;
    if (match.kind === "protocol") protocol = match.protocol;
  }
  return protocol === undefined ? undefined : `any ${protocol} port`;
}
