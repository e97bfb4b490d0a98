import { memberByMember } from "./member-by-member.js";
import type { Ownership } from "./ownership.js";
import { printRule } from "./print-rule.js";
import { diffTables, type SetDifference, type TablesDifference } from "./tables-difference.js";
import type { Chain, IpSet, Match, Rule, Tables } from "./tables.js";
import { withRules } from "./with-rules.js";

/** How to get from one state of an owner's rules and sets to another without a gap, decided before anything runs. */
export interface PatchPlan {
  /** What the owner has, and shall have. */
  readonly before: Tables;
  readonly after: Tables;
  readonly difference: TablesDifference;
  /** The owner's chains before, between two commits, and after; two or three states, or one when no rule changes. */
  readonly states: readonly RuleState[];
  /** Sets that only rules to come use, or none: they change before the first commit. */
  readonly ahead: { readonly added: readonly IpSet[]; readonly changed: readonly SetDifference[] };
  /** Sets that the rules in force use before and after. */
  readonly live: { readonly way: LiveWay; readonly changed: readonly SetDifference[] };
  /** Sets that only the old rules use: they change when these are gone. */
  readonly later: readonly SetDifference[];
  /** Sets that are copied under temporary names, in the order of the sets. */
  readonly copied: readonly string[];
  /** Sets to destroy in the end, lists of sets first. */
  readonly removed: readonly string[];
}

/**
 * How the sets change that rules use all the time: not at all; member by member, since every packet meets at most one of these changes; by
 * exchanging the only one for its copy; or with all rules on copies between two commits.
 */
export type LiveWay = "none" | "members" | "swap" | "copies";

export interface RuleState {
  readonly chains: readonly Chain[];
  readonly jumps: readonly PlacedJump[];
}

/** A rule in a chain of other people that leads to the owner's. */
export interface PlacedJump {
  readonly from: string;
  /** As printed, without `-A CHAIN`. */
  readonly text: string;
  /** It is the owner's own and stands where the owner would put it. */
  readonly inPlace: boolean;
}

export function planPatch(before: Tables, after: Tables, ownership: Ownership): PatchPlan {
  const [old, young] = [ownTables(before, ownership), ownTables(after, ownership)];
  const difference = diffTables(old, young);
  const { sets } = difference;
  const first: RuleState = { chains: old.chains, jumps: jumpsIn(before, ownership) };
  const last: RuleState = { chains: young.chains, jumps: jumpsIn(after, ownership) };
  const { added, removed, changed: edited } = difference.chains;
  const jumpsMove = JSON.stringify(first.jumps) !== JSON.stringify(last.jumps);
  const rulesChange = added.length + removed.length + edited.length > 0 || jumpsMove;

  const [usedBefore, usedAfter] = [usedSets(old), usedSets(young)];
  const changed = sets.changed.filter(({ name }) => usedBefore.has(name));
  const live = changed.filter(({ name }) => usedAfter.has(name));
  const way = wayOf(live, rulesChange, young);
  const copied = way === "copies" || way === "swap" ? copiedSets(live, young, way) : [];
  const states = [first];
  if (way === "copies") states.push({ chains: onCopies(young.chains, copied, ownership), jumps: last.jumps });
  if (way === "copies" || rulesChange) states.push(last);
  return {
    before: old,
    after: young,
    difference,
    states,
    ahead: { added: sets.added, changed: sets.changed.filter(({ name }) => !usedBefore.has(name)) },
    live: { way, changed: live },
    later: changed.filter(({ name }) => !usedAfter.has(name)),
    copied,
    removed: [...sets.removed]
      .sort((a, b) => Number(b.type === "list:set") - Number(a.type === "list:set"))
      .map(nameOf),
  };
}

/** Name of the temporary set that stands for a set while a script runs. */
export function copyName(name: string, { setPrefix, temporarySetPrefix }: Ownership): string {
  return temporarySetPrefix + name.slice(setPrefix.length);
}

function ownTables({ chains, sets }: Tables, { chainPrefix, setPrefix, temporarySetPrefix }: Ownership): Tables {
  return {
    chains: chains.filter(({ name }) => name.startsWith(chainPrefix)),
    sets: sets.filter(({ name }) => name.startsWith(setPrefix) || name.startsWith(temporarySetPrefix)),
  };
}

function jumpsIn({ chains }: Tables, { chainPrefix, jump }: Ownership): RuleState["jumps"] {
  const wanted = printRule(jump.rule);
  return chains
    .filter(({ name }) => !name.startsWith(chainPrefix))
    .flatMap(({ name, rules }) => {
      const texts = rules.filter((rule) => !leadsTo(rule, chainPrefix)).map(printRule);
      const { after } = jump;
      const place = after === undefined ? 0 : texts.findIndex((text) => text.includes(after)) + 1;
      let above = 0;
      return rules.flatMap((rule): PlacedJump[] => {
        if (leadsTo(rule, chainPrefix)) {
          const text = printRule(rule);
          return [{ from: name, text, inPlace: name === jump.from && text === wanted && above === place }];
        }
        above += 1;
        return [];
      });
    });
}

function leadsTo({ target }: Rule, chainPrefix: string): boolean {
  return (target?.kind === "jump" || target?.kind === "goto") && target.to.startsWith(chainPrefix);
}

/** Names of the sets that rules match, themselves or through a list of sets. */
function usedSets({ chains, sets }: Tables): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { rules } of chains) {
    for (const { matches } of rules) for (const match of matches) if (match.kind === "set") used.add(match.set);
  }
  for (const { name, type, members } of sets) {
    if (type === "list:set" && used.has(name)) for (const member of members) used.add(member);
  }
  return used;
}

function wayOf(live: readonly SetDifference[], rulesChange: boolean, tables: Tables): LiveWay {
  if (live.length === 0) return "none";
  if (rulesChange) return "copies";
  if (memberByMember(live, tables)) return "members";
  const [only] = live;
  return live.length === 1 && only!.before.type === only!.after.type ? "swap" : "copies";
}

/** Those that change, and, where rules shall use copies, each list that holds one of them. */
function copiedSets(live: readonly SetDifference[], { sets }: Tables, way: LiveWay): string[] {
  const copied = new Set(live.map(nameOf));
  if (way === "swap") return [...copied];
  for (const { name, type, members } of sets) {
    if (type === "list:set" && members.some((member) => copied.has(member))) copied.add(name);
  }
  return sets.map(nameOf).filter((name) => copied.has(name));
}

function onCopies(chains: readonly Chain[], copied: readonly string[], ownership: Ownership): Chain[] {
  const names = new Set(copied);
  const moved = (match: Match): Match =>
    match.kind === "set" && names.has(match.set) ? { ...match, set: copyName(match.set, ownership) } : match;
  return chains.map((chain) =>
    withRules(
      chain,
      chain.rules.map((rule) =>
        rule.matches.some((match) => match.kind === "set" && names.has(match.set))
          ? { ...rule, matches: rule.matches.map(moved) }
          : rule,
      ),
    ),
  );
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
