import { AddressClasses, type AddressClass } from "./address-classes.js";
import { after, compareIps, formatIp, parseIp, type Ip } from "./ip.js";
import type { Circumstances } from "./circumstances.js";
import { passagesOf, type Reach } from "./reach.js";
import {
  programOf,
  type Conditions,
  type ProgramChain,
  type ProgramRule,
  type RuleProgram,
  type Taking,
} from "./rule-program.js";
import type { TracedTables } from "./trace.js";
import { allTraffic, intersectTraffic, noTraffic, subtractTraffic, unionTraffic, type Traffic } from "./traffic.js";
import { beforePort, withPort, type Translation } from "./translation.js";
import { isUntracked, markMatches, setMark, untracked, type ConnectionState } from "./verdicts.js";

export interface RuleReachOptions {
  /** What connection tracking says of all packets; `new` by default. */
  readonly state?: "new" | "established";
  /** What is known of all packets beside; nothing by default. */
  readonly known?: Circumstances;
}

/**
 * Who reaches whom by the rules, asked by address, of the version of IP that they are for. The same answers as a trace of each packet would give, but one walk a pair of
 * classes: all traffic sets out together, and what a rule takes parts from what it leaves.
 */
export function reachByRules(
  tables: TracedTables,
  { state = "new", known = {} }: RuleReachOptions = {},
): Reach<string> {
  return reachesByRules(tables, state)(known);
}

/** The same under several circumstances: addresses have the same classes under all of them, which are found once. */
export function reachesByRules(
  tables: TracedTables,
  state: "new" | "established" = "new",
): (known: Circumstances) => Reach<string> {
  const program = programOf(tables, state);
  const sources = new AddressClasses(program.source);
  const destinations = new AddressClasses(program.destination);
  const sourceRules = new Candidates(program, program.source, "source");
  const destinationRules = new Candidates(program, program.destination, "destination");
  const passage = passagesOf();
  const entered = new Uint8Array(program.chains.length);
  const untracks = program.rules.some(({ action }) => action.kind === "untrack");
  const [froms, tos] = [new Ends(sources, program.own), new Ends(destinations, program.own)];

  return (known) => {
    const takingsGiven = (its: Circumstances): Takings => {
      const of = (as: ConnectionState) => program.rules.map((rule) => rule.given?.(its, as) ?? rule);
      let kept: readonly Taking[] | undefined;
      return { tracked: of(state), untracked: () => (kept ??= of("untracked")) };
    };
    const takings = takingsGiven(known);
    let afterTranslation: Takings | undefined;
    /** Of flows that have come to a hook, what leaves the course, and what may be refused. */
    const onward = (
      source: End,
      destination: End,
      from: number,
      flows: readonly Flow[],
      isTranslated: boolean,
    ): Fate => {
      const pair: Pair = {
        source: source.its,
        destination: destination.its,
        sourceRules,
        destinationRules,
        takings: isTranslated ? (afterTranslation ??= takingsGiven({ ...known, translated: true })) : takings,
        untracks,
        accepted: none,
        denied: noTraffic,
        translated: [],
        entered,
      };
      const course = program.courses[source.isOwn ? "out" : destination.isOwn ? "in" : "forward"];
      let allowed: Traffic = noTraffic;
      let here = flows;
      for (let index = from; index < course.length && here.length > 0; index += 1) {
        const { start, accepts, translates } = course[index]!;
        pair.accepted = none;
        const left = walk(start, here, pair);
        if (accepts) pair.accepted = merge(pair.accepted, left);
        else for (const { traffic } of left) pair.denied = unionTraffic(pair.denied, traffic);
        here = pair.accepted;
        if (!translates) continue;
        for (const { flow, to } of pair.translated) {
          const [{ mark, traffic }, { address, port }] = [flow, to];
          const next = tos.all[tos.numberOf(formatIp(address))]!;
          const fate = onward(source, next, index + 1, [{ mark, traffic: withPort(traffic, port) }], true);
          allowed = unionTraffic(allowed, beforePort(fate.allowed, traffic, port));
          pair.denied = unionTraffic(pair.denied, beforePort(fate.denied, traffic, port));
        }
      }
      for (const { traffic } of here) allowed = unionTraffic(allowed, traffic);
      return { allowed, denied: pair.denied };
    };
    return {
      sourceClass: (address) => froms.numberOf(address),
      destinationClass: (address) => tos.numberOf(address),
      between(sourceClass, destinationClass) {
        const [source, destination] = [froms.all[sourceClass]!, tos.all[destinationClass]!];
        const { allowed, denied } = onward(source, destination, 0, everything, false);
        const depends = intersectTraffic(allowed, denied);
        return passage(subtractTraffic(allowed, depends), depends);
      },
      borders: () => {
        const own = [...program.own].flatMap((address) => [address, after(address)]);
        return [...new Set([...sources.borders(), ...destinations.borders(), ...own])].sort(compareIps);
      },
    };
  };
}

/** Parts overlap where something is not known. */
interface Fate {
  readonly allowed: Traffic;
  readonly denied: Traffic;
}

/** Addresses of one end that nothing tells apart. */
interface End {
  readonly its: AddressClass;
  readonly isOwn: boolean;
}

/** Classes of one end, the machine itself apart from others. Numbered in the order in which they are first asked for. */
class Ends {
  readonly all: End[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly classes: AddressClasses,
    private readonly own: ReadonlySet<Ip>,
  ) {}

  numberOf(address: string): number {
    const asked = parseIp(address);
    if (asked === undefined) throw new Error(`not an address: ${address}`);
    const its = this.classes.classOf(asked);
    const isOwn = this.own.has(asked);
    const key = `${its.number} ${isOwn}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      this.numbers.set(key, (number = this.all.length));
      this.all.push({ its, isOwn });
    }
    return number;
  }
}

/** What rules take, by their numbers. */
interface Takings {
  readonly tracked: readonly Taking[];
  /** Of what has been kept out of connection tracking. */
  readonly untracked: () => readonly Taking[];
}

/** All traffic between two classes on its way. */
interface Pair {
  readonly source: AddressClass;
  readonly destination: AddressClass;
  readonly sourceRules: Candidates;
  readonly destinationRules: Candidates;
  readonly takings: Takings;
  /** Some rule keeps packets out of connection tracking. */
  readonly untracks: boolean;
  /** What the built-in chain at hand may have let through. */
  accepted: readonly Flow[];
  /** What may have been refused so far. */
  denied: Traffic;
  /** What has been given another destination. */
  readonly translated: { readonly flow: Flow; readonly to: Translation & { readonly side: "destination" } }[];
  /** By chain: 1 for those the traffic is in. */
  readonly entered: Uint8Array;
}

/** Traffic that carries one mark. */
interface Flow {
  readonly mark: number;
  readonly traffic: Traffic;
}

/** What may leave the chain at its end or by RETURN. */
function walk(chain: ProgramChain, flows: readonly Flow[], pair: Pair): readonly Flow[] {
  // The kernel takes no table with a loop.
  if (pair.entered[chain.index] === 1) {
    pair.accepted = merge(pair.accepted, flows);
    for (const { traffic } of flows) pair.denied = unionTraffic(pair.denied, traffic);
    return none;
  }
  pair.entered[chain.index] = 1;
  const bySource = pair.sourceRules.in(chain, pair.source);
  const byDestination = pair.destinationRules.in(chain, pair.destination);
  const [shorter, side] =
    bySource.length <= byDestination.length
      ? ([bySource, "destination"] as const)
      : ([byDestination, "source"] as const);
  let here = flows;
  let left = none;
  for (let i = 0; i < shorter.length && here.length > 0; i += 1) {
    const rule = chain.rules[shorter[i]!]!;
    const number = rule[side];
    if (number !== 0 && !pair[side].conditions.has(number)) continue;
    if (rule.marks.length > 0 && !here.some(({ mark }) => fits(rule, mark))) continue;
    const parts = split(rule, here, pair);
    if (!parts) continue;
    const { taken } = parts;
    here = parts.passed;

    const { action } = rule;
    switch (action.kind) {
      case "accept":
      case "deny":
      case "unknown":
        if (action.kind !== "deny") pair.accepted = merge(pair.accepted, taken);
        if (action.kind !== "accept") {
          for (const { traffic } of taken) pair.denied = unionTraffic(pair.denied, traffic);
        }
        break;
      case "translate":
        for (const flow of taken) pair.translated.push({ flow, to: action.translation });
        break;
      case "return":
        left = merge(left, taken);
        break;
      case "mark":
        here = merge(
          here,
          taken.map(({ mark, traffic }) => ({ mark: setMark(mark, action), traffic })),
        );
        break;
      case "jump":
        here = merge(here, walk(action.to, taken, pair));
        break;
      case "goto":
        left = merge(left, walk(action.to, taken, pair));
        break;
      case "untrack":
        here = merge(
          here,
          taken.map(({ mark, traffic }) => ({ mark: untracked(mark), traffic })),
        );
        break;
      case "continue":
        here = merge(here, taken);
        break;
    }
  }
  pair.entered[chain.index] = 0;
  return merge(left, here);
}

/** What a rule may take of flows, and what may pass it by. */
interface Parts {
  readonly taken: readonly Flow[];
  readonly passed: readonly Flow[];
}

/** Undefined where it takes nothing. */
function split(rule: ProgramRule, flows: readonly Flow[], pair: Pair): Parts | undefined {
  const { tracked, untracked: of } = pair.takings;
  if (!pair.untracks || !flows.some(isLost)) return splitBy(rule, tracked[rule.number]!, flows, pair);
  const [kept, lost] = [flows.filter((flow) => !isLost(flow)), flows.filter(isLost)];
  const own = splitBy(rule, tracked[rule.number]!, kept, pair);
  const its = splitBy(rule, of()[rule.number]!, lost, pair);
  if (!own && !its) return undefined;
  return {
    taken: merge(own?.taken ?? none, its?.taken ?? none),
    passed: merge(own ? own.passed : kept, its ? its.passed : lost),
  };
}

function isLost({ mark }: Flow): boolean {
  return isUntracked(mark);
}

function splitBy(rule: ProgramRule, taking: Taking, flows: readonly Flow[], pair: Pair): Parts | undefined {
  let { possible, certain } = taking;
  if (isUnknown(rule, pair)) certain = noTraffic;
  for (const condition of taking.ports) {
    const its = pair[condition.side].ports(condition);
    possible = intersectTraffic(possible, its.possible);
    certain = intersectTraffic(certain, its.certain);
  }
  if (possible === noTraffic) return undefined;
  // Most rules take all that comes or nothing.
  if (rule.marks.length === 0 && certain === allTraffic) return { taken: flows, passed: none };
  const [taken, passed]: [Flow[], Flow[]] = [[], []];
  for (const flow of flows) {
    if (fits(rule, flow.mark)) {
      addFlow(taken, flow, intersectTraffic(flow.traffic, possible));
      addFlow(passed, flow, subtractTraffic(flow.traffic, certain));
    } else passed.push(flow);
  }
  return taken.length === 0 ? undefined : { taken, passed };
}

function isUnknown({ source, destination }: ProgramRule, pair: Pair): boolean {
  if (pair.source.certain && pair.destination.certain) return false;
  return (
    (source !== 0 && pair.source.conditions.get(source) === "unknown") ||
    (destination !== 0 && pair.destination.conditions.get(destination) === "unknown")
  );
}

function fits({ marks }: ProgramRule, mark: number): boolean {
  for (const match of marks) if (markMatches(mark, match) === match.negated) return false;
  return true;
}

const none: readonly Flow[] = [];

/** What sets out: all traffic, without a mark. */
const everything: readonly Flow[] = [{ mark: 0, traffic: allTraffic }];

function addFlow(flows: Flow[], flow: Flow, traffic: Traffic): void {
  if (traffic === noTraffic) return;
  flows.push(traffic === flow.traffic ? flow : { mark: flow.mark, traffic });
}

/** Flows of the same mark become one. */
function merge(a: readonly Flow[], b: readonly Flow[]): readonly Flow[] {
  if (a.length === 0 && b.length <= 1) return b;
  if (b.length === 0) return a;
  const merged = [...a];
  for (const flow of b) {
    const index = merged.findIndex(({ mark }) => mark === flow.mark);
    if (index < 0) merged.push(flow);
    else merged[index] = { mark: flow.mark, traffic: unionTraffic(merged[index]!.traffic, flow.traffic) };
  }
  return merged;
}

/** The rules of a chain that may match, seen from one end. */
class Candidates {
  /** By chain: the rules that ask nothing of this end. */
  private readonly free: readonly (readonly number[])[];
  /** By condition: where it is asked. */
  private readonly places: { readonly chain: number; readonly rule: number }[][];
  /** By class, then chain: ascending; absent where a class has no more than the free ones. */
  private readonly known: (ReadonlyMap<number, readonly number[]> | undefined)[] = [];

  constructor(program: RuleProgram, conditions: Conditions, side: "source" | "destination") {
    this.places = conditions.all.map(() => []);
    this.free = program.chains.map(({ index, rules }) => {
      const free: number[] = [];
      rules.forEach((rule, position) => {
        if (rule[side] === 0) free.push(position);
        else this.places[rule[side]]!.push({ chain: index, rule: position });
      });
      return free;
    });
  }

  in(chain: ProgramChain, its: AddressClass): readonly number[] {
    const free = this.free[chain.index]!;
    // Most chains ask one end only.
    if (free.length === chain.rules.length) return free;
    const lists = (this.known[its.number] ??= this.listsOf(its));
    return lists.get(chain.index) ?? free;
  }

  private listsOf({ conditions }: AddressClass): ReadonlyMap<number, readonly number[]> {
    const lists = new Map<number, number[]>();
    for (const number of conditions.keys()) {
      for (const { chain, rule } of this.places[number]!) {
        let list = lists.get(chain);
        if (!list) lists.set(chain, (list = [...this.free[chain]!]));
        list.push(rule);
      }
    }
    for (const list of lists.values()) list.sort((a, b) => a - b);
    return lists;
  }
}
