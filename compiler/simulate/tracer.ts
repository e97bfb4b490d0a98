import { chainsOf } from "../netfilter/owned.js";
import { printRule } from "../netfilter/print-rule.js";
import type { Match, Rule } from "../netfilter/tables.js";
import { courseOf, hooksOf, nameIn, ownAddresses, walkedTables, type Hook } from "./courses.js";
import { setsOf } from "./interface-sets.js";
import { parseIp } from "./ip.js";
import { matchTest, type Facts, type MatchTest } from "./match-test.js";
import type {
  Trace,
  TraceAction,
  TracedTables,
  TraceMatch,
  TraceOptions,
  TracePacket,
  TraceStep,
  Verdict,
} from "./trace.js";
import { translationOf, type Translation } from "./translation.js";
import { effectOf, isUntracked, markMatches, setMark, untracked, type Outcome } from "./verdicts.js";

/**
 * Walks a packet through the tables, as the kernel does: raw, mangle and filter in the order of its way, where the dump holds them, and between
 * them the chains of nat that translate its addresses, where they are known. What nothing here can interpret is never guessed: both ways are
 * walked, and when they end differently the verdict is `depends`.
 *
 * Sources: Linux 6.1, net/ipv4/netfilter/ip_tables.c (ipt_do_table), net/netfilter/xt_set.c, net/netfilter/ipset/.
 */
export function trace(tables: TracedTables, packet: TracePacket, options: TraceOptions = {}): Trace {
  return tracerOf(tables).trace(packet, options);
}

/** Walks packets through one node's tables, which it has prepared once. */
export interface Tracer {
  trace(packet: TracePacket, options?: TraceOptions): Trace;
  /** The same without steps, and quicker. */
  verdict(packet: TracePacket, options?: TraceOptions): Verdict;
}

/** Prepares tables for many walks. */
export function tracerOf(tables: TracedTables): Tracer {
  const chains = prepare(tables);
  const own = ownAddresses(tables);
  const hooksFor = ({ source, destination }: Facts): readonly Hook[] =>
    hooksOf(courseOf(own, source, destination), tables);
  const chainOf = (name: string): PreparedChain => chains.get(name) ?? { name, rules: [] };
  /** Of a packet that has come to a hook of its course. */
  const onward = (
    facts: Facts,
    hooks: readonly Hook[],
    from: number,
    marks: readonly number[],
    walk: Walk,
  ): Verdict => {
    let here = marks;
    for (let index = from; index < hooks.length && here.length > 0; index += 1) {
      const { table, chain } = hooks[index]!;
      if (table !== "nat") {
        here = throughHook(chainOf(nameIn(table, chain)), here, walk);
        continue;
      }
      const { translations, passing } = translate(chainOf(nameIn(table, tables.natChains![chain])), here, walk);
      const verdicts = translations.map(({ translation, marks: its }): Verdict => {
        const changed = translated(facts, translation);
        // A course that changes does so behind hooks that both have.
        const further: Walk = { ...walk, facts: changed, known: new Map(), entered: [] };
        return onward(changed, hooksFor(changed), index + 1, its, further);
      });
      if (passing.length === 0) return together(verdicts);
      if (verdicts.length > 0) return together([...verdicts, onward(facts, hooks, index + 1, passing, walk)]);
      here = passing;
    }
    return here.length === 0 ? "deny" : walk.denied ? "depends" : "allow";
  };
  const run = (packet: TracePacket, options: TraceOptions, steps?: TraceStep[]): Verdict => {
    const facts = factsOf(packet, options);
    const walk: Walk = {
      facts,
      accepted: [],
      denied: false,
      translations: [],
      entered: [],
      known: new Map(),
      steps,
    };
    const hooks: readonly Hook[] =
      options.chain === undefined ? hooksFor(facts) : [{ table: "filter", chain: options.chain }];
    return onward(facts, hooks, 0, [(options.mark ?? 0) >>> 0], walk);
  };
  return {
    trace(packet, options = {}) {
      const steps: TraceStep[] = [];
      return { verdict: run(packet, options, steps), steps };
    },
    verdict: (packet, options = {}) => run(packet, options),
  };
}

/**
 * What chains of nat make of a packet, and the marks with which it may pass them as it is; of established connections they make what they made of the
 * first packet. Chains that translate nothing are not listed.
 */
function translate(
  chain: PreparedChain,
  marks: readonly number[],
  walk: Walk,
): { readonly translations: readonly MarkedTranslation[]; readonly passing: readonly number[] } {
  const steps: TraceStep[] | undefined = walk.steps && [];
  const its: Walk = { ...walk, accepted: [], denied: false, translations: [], entered: [], known: new Map(), steps };
  const left = walkChain(chain, marks, its);
  if (its.translations.length > 0 && steps) walk.steps!.push(...steps);
  // What nobody knows may have become of it.
  if (its.denied) walk.denied = true;
  return { translations: its.translations, passing: union(left, its.accepted) };
}

function translated(facts: Facts, translation: Translation): Facts {
  if (translation.side === "source") return facts;
  const { address, port = facts.port } = translation;
  return { ...facts, destination: address, port, known: { ...facts.known, translated: true } };
}

/** Of a packet that may go several ways. */
function together(verdicts: readonly Verdict[]): Verdict {
  return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0]! : "depends";
}

/** The marks with which a packet may leave a built-in chain for the next one. */
function throughHook(chain: PreparedChain, marks: readonly number[], walk: Walk): readonly number[] {
  walk.accepted = [];
  const left = walkChain(chain, marks, walk);
  // A packet that leaves a built-in chain meets the chain's policy.
  if (left.length > 0) {
    const accepts = chain.policy !== "DROP";
    walk.steps?.push({
      chain: chain.name,
      rule: 0,
      text: `-P ${chain.name.split(" ").at(-1)!} ${accepts ? "ACCEPT" : "DROP"}`,
      matched: walk.accepted.length > 0 || walk.denied ? "unknown" : true,
      matches: [],
      action: accepts ? "accept" : "drop",
    });
    if (accepts) walk.accepted = union(walk.accepted, left);
    else walk.denied = true;
  }
  return walk.accepted;
}

interface PreparedChain {
  /** With the table before it where that is not filter. */
  readonly name: string;
  readonly policy?: "ACCEPT" | "DROP";
  readonly rules: PreparedRule[];
}

interface PreparedRule {
  readonly rule: Rule;
  /** All matches but marks, in order. */
  readonly tests: readonly MatchTest[];
  readonly marks: readonly MarkMatch[];
  /** The chain of a jump or goto. */
  readonly to?: PreparedChain;
  /** In table nat. */
  readonly translation?: Translation;
}

/** A translation, and the marks that a packet may have when it is translated. */
interface MarkedTranslation {
  readonly translation: Translation;
  readonly marks: readonly number[];
}

type MarkMatch = Match & { readonly kind: "mark" };

/** One packet on its way. */
interface Walk {
  readonly facts: Facts;
  /** The marks with which the built-in chain at hand may have let the packet through. */
  accepted: readonly number[];
  /** Whether the packet may have been refused so far. */
  denied: boolean;
  /** What the chain of nat at hand may have made of the packet. */
  translations: readonly MarkedTranslation[];
  /** The chains the packet is in, outermost first. */
  readonly entered: PreparedChain[];
  /** Chain and marks → marks with which it is left. */
  readonly known: Map<string, readonly number[]>;
  readonly steps: TraceStep[] | undefined;
}

/** Beyond this a listing helps nobody, and only a table made to blow up has so many steps. */
const maxSteps = 20_000;

/**
 * The marks with which a packet that entered with one of `marks` may leave the chain at its end or by RETURN. More than one mark, and
 * an answer beside a verdict, come from matches that nothing here can interpret.
 */
function walkChain(chain: PreparedChain, marks: readonly number[], walk: Walk): readonly number[] {
  // The kernel takes no table with a loop; whoever made one up gets no verdict.
  if (walk.entered.includes(chain)) {
    walk.accepted = union(walk.accepted, marks);
    walk.denied = true;
    return [];
  }
  const listing = walk.steps && walk.steps.length < maxSteps;
  const key = `${marks.join()} ${chain.name}`;
  const known = listing ? undefined : walk.known.get(key);
  if (known) return known;
  walk.entered.push(chain);
  let left: readonly number[] = [];
  let here = marks;
  for (let index = 0; index < chain.rules.length && here.length > 0; index += 1) {
    const prepared = chain.rules[index]!;
    const { taken, passed } = split(prepared, here, walk.facts);
    if (taken.length === 0 && !listing) continue;
    const effect = taken.length === 0 ? nothing : effectOfRule(prepared, taken, walk.facts.state);
    if (listing) list(walk, chain, index, here, taken, passed, effect);
    here = passed;
    if (effect.kind === "accept" || effect.kind === "unknown") walk.accepted = union(walk.accepted, taken);
    if (effect.kind === "deny" || effect.kind === "unknown") walk.denied = true;
    if (effect.kind === "translate")
      walk.translations = [...walk.translations, { translation: effect.translation, marks: taken }];
    if (effect.kind === "return") left = union(left, taken);
    if (effect.kind === "continue") here = union(here, effect.marks);
    if (effect.kind === "enter") {
      const back = walkChain(effect.to, taken, walk);
      // What a chain that was gone to gives back goes to the caller of this one.
      if (effect.returns) here = union(here, back);
      else left = union(left, back);
    }
  }
  walk.entered.pop();
  left = union(left, here);
  walk.known.set(key, left);
  return left;
}

/** With which marks a packet meets a rule's target, and with which it goes on; with some both, where nobody knows. */
function split(
  prepared: PreparedRule,
  marks: readonly number[],
  facts: Facts,
): { readonly taken: readonly number[]; readonly passed: readonly number[] } {
  if (facts.state !== "untracked" && marks.some(isUntracked)) {
    const kept = marks.filter((mark) => !isUntracked(mark));
    const own = split(prepared, kept, facts);
    const its = split(prepared, marks.filter(isUntracked), { ...facts, state: "untracked" });
    return { taken: union(own.taken, its.taken), passed: union(own.passed, its.passed) };
  }
  const outcome = testAll(prepared.tests, facts);
  if (outcome === false) return { taken: [], passed: marks };
  if (prepared.marks.length === 0) return { taken: marks, passed: outcome === true ? [] : marks };
  const fits = (mark: number): boolean => prepared.marks.every((match) => markMatches(mark, match) !== match.negated);
  return { taken: marks.filter(fits), passed: outcome === true ? marks.filter((mark) => !fits(mark)) : marks };
}

type RuleEffect =
  | { readonly kind: "nothing" | "accept" | "deny" | "return" | "unknown" }
  | { readonly kind: "translate"; readonly translation: Translation }
  | { readonly kind: "continue"; readonly marks: readonly number[] }
  | { readonly kind: "enter"; readonly to: PreparedChain; readonly returns: boolean };

const nothing: RuleEffect = { kind: "nothing" };

function effectOfRule(
  { rule: { target }, to, translation }: PreparedRule,
  taken: readonly number[],
  state: Facts["state"],
): RuleEffect {
  if (!target) return { kind: "continue", marks: taken };
  if (target.kind === "set-mark") {
    return {
      kind: "continue",
      marks: union(
        [],
        taken.map((mark) => setMark(mark, target)),
      ),
    };
  }
  if (to) return { kind: "enter", to, returns: target.kind === "jump" };
  if (translation) return { kind: "translate", translation };
  const effect = effectOf(target, state);
  if (effect === "untrack") return { kind: "continue", marks: union([], taken.map(untracked)) };
  return effect === "continue" ? { kind: effect, marks: taken } : { kind: effect };
}

function testAll(tests: readonly MatchTest[], facts: Facts): Outcome {
  let all: Outcome = true;
  for (const test of tests) {
    const outcome = test(facts);
    if (outcome === false) return false;
    if (outcome === "unknown") all = outcome;
  }
  return all;
}

function union(a: readonly number[], b: readonly number[]): readonly number[] {
  if (b.length === 0) return a;
  if (a.length === 0 && b.length === 1) return b;
  return [...new Set([...a, ...b])];
}

function list(
  walk: Walk,
  chain: PreparedChain,
  index: number,
  here: readonly number[],
  taken: readonly number[],
  passed: readonly number[],
  effect: RuleEffect,
): void {
  const { rule, tests } = chain.rules[index]!;
  let test = 0;
  const matches = rule.matches.flatMap((match): TraceMatch[] => {
    if (match.kind === "comment") return [];
    const outcome = match.kind === "mark" ? markOutcome(match, here) : outcomeOf(tests[test++]!, here, walk.facts);
    return [{ text: printRule({ matches: [match] }), outcome }];
  });
  const action = actionOf(rule, effect);
  walk.steps!.push({
    chain: chain.name,
    rule: index + 1,
    text: printRule(rule),
    matched: taken.length === 0 ? false : passed.length === 0 ? true : "unknown",
    matches,
    action,
    ...(effect.kind === "enter" && { to: effect.to.name }),
    ...(effect.kind === "translate" && {
      side: effect.translation.side,
      ...(effect.translation.text !== undefined && { becomes: effect.translation.text }),
    }),
    ...(action === "mark" &&
      effect.kind === "continue" &&
      effect.marks.length === 1 && { mark: effect.marks[0]! >>> 0 }),
  });
}

function outcomeOf(test: MatchTest, marks: readonly number[], facts: Facts): Outcome {
  const lost = marks.filter(isUntracked).length;
  const own = lost < marks.length ? [test(facts)] : [];
  const its = lost > 0 ? [test({ ...facts, state: "untracked" })] : [];
  const [first, ...others] = [...own, ...its];
  return others.every((other) => other === first) ? first! : "unknown";
}

function markOutcome(match: MarkMatch, marks: readonly number[]): Outcome {
  const holding = marks.filter((mark) => markMatches(mark, match) !== match.negated).length;
  return holding === marks.length ? true : holding === 0 ? false : "unknown";
}

function actionOf({ target }: Rule, effect: RuleEffect): TraceAction {
  switch (effect.kind) {
    case "nothing":
      return "none";
    case "continue":
      return target?.kind === "set-mark" ? "mark" : "none";
    case "enter":
      return effect.returns ? "jump" : "goto";
    case "deny":
      return target && target.kind !== "set-mark" && nameOf(target) === "REJECT" ? "reject" : "drop";
    default:
      return effect.kind;
  }
}

function nameOf(target: Exclude<Rule["target"], undefined | { kind: "set-mark" }>): string | undefined {
  return target.kind === "other" ? target.words[1] : target.to;
}

function prepare(tables: TracedTables): ReadonlyMap<string, PreparedChain> {
  const sets = setsOf(tables);
  const asked = tables.natChains ? [...walkedTables, "nat" as const] : walkedTables;
  const all = asked.flatMap((table) => chainsOf(tables, table).map((chain) => ({ table, chain })));
  const chains = new Map(
    all.map(({ table, chain: { policy, name: plain } }) => {
      const name = nameIn(table, plain);
      return [name, { name, ...(policy && { policy }), rules: [] as PreparedRule[] }];
    }),
  );
  const targetOf = (rule: Rule, table: Hook["table"]): PreparedChain | undefined =>
    rule.target?.kind === "jump" || rule.target?.kind === "goto"
      ? chains.get(nameIn(table, rule.target.to))
      : undefined;
  const prepareRule = (rule: Rule, table: Hook["table"]): PreparedRule => {
    const to = targetOf(rule, table);
    const translation = table === "nat" ? translationOf(rule.target) : undefined;
    return {
      rule,
      tests: rule.matches.flatMap((match) =>
        match.kind === "mark" || match.kind === "comment" ? [] : [matchTest(match, sets, tables)],
      ),
      marks: rule.matches.filter((match): match is MarkMatch => match.kind === "mark"),
      ...(to && { to }),
      ...(translation && { translation }),
    };
  };
  for (const { table, chain } of all) {
    const prepared = chains.get(nameIn(table, chain.name))!.rules;
    for (const rule of chain.rules) prepared.push(prepareRule(rule, table));
  }
  return chains;
}

function factsOf(packet: TracePacket, options: TraceOptions): Facts {
  const [source, destination] = [parseIp(packet.source), parseIp(packet.destination)];
  if (source === undefined || destination === undefined) {
    throw new Error(`not an address: ${source === undefined ? packet.source : packet.destination}`);
  }
  return {
    source,
    destination,
    protocol: packet.protocol,
    port: packet.protocol === "other" ? undefined : packet.port,
    state: options.state ?? "new",
    known: options.known ?? {},
  };
}
