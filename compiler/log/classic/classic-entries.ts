import { printRule, ruleWords } from "../../netfilter/print-rule.js";
import type { Chain, IpSet, Rule, Tables } from "../../netfilter/tables.js";
import type { LogEntry } from "../../engines/log-entry.js";
import { ruleChanges } from "./rule-changes.js";

/**
 * What came and went between two states of a node: each chain, rule, set and member in one line, in the wording of Azure NPM
 * v1.2.6, whichever generation made them. The order is one in which the lines could be carried out: rules go before the
 * chains and sets that they name, and come after them.
 *
 * A rule is worded as on a node (`iptables-save`). Where it is put follows from its line: a number at the beginning of Specs
 * is its 1-based place; without one an entry with IsJumpEntry:true is appended, any other comes first.
 */
export function classicEntries(before: Tables, after: Tables): readonly LogEntry[] {
  const was = new Map(before.chains.map((chain) => [chain.name, chain]));
  const is = new Map(after.chains.map((chain) => [chain.name, chain]));
  const changes = [...new Map([...was, ...is]).keys()].map((chain) => ({
    chain,
    ...ruleChanges(textsOf(was.get(chain)), textsOf(is.get(chain))),
  }));
  const hadSets = new Map(before.sets.map((set) => [set.name, set]));
  const hasSets = new Map(after.sets.map((set) => [set.name, set]));
  return [
    ...changes.flatMap(({ chain, removed }) => removed.map((rule) => deleteRule(chain, rule))),
    ...before.chains.filter(({ name }) => !is.has(name)).map(({ name }) => iptables("-X", name)),
    ...setsThatGo(before.sets, hasSets),
    ...setsThatCome(after.sets, hadSets),
    ...after.chains.filter(({ name, policy }) => !was.has(name) && policy === undefined).map(newChain),
    ...changes.flatMap(({ chain, inserted }) => inserted.map((one) => addRule(chain, one))),
  ];
}

interface Worded {
  readonly rule: Rule;
  readonly text: string;
}

function textsOf(chain: Chain | undefined): readonly Worded[] {
  return (chain?.rules ?? []).map((rule) => ({ rule, text: printRule(rule) }));
}

function newChain({ name }: Chain): LogEntry {
  return iptables("-N", name);
}

interface Insertion {
  readonly item: Worded;
  /** 0-based. */
  readonly index: number;
  readonly length: number;
}

function addRule(chain: string, { item, index, length }: Insertion): LogEntry {
  return line(() => {
    const isJump = jumps(item.rule);
    const usual = isJump ? length : 0;
    const place = index === usual ? [] : [`${index + 1}`];
    return `Adding iptables entry: ${entryText(chain, item.rule, [...place, ...ruleWords(item.rule)])}.`;
  });
}

function deleteRule(chain: string, { rule }: Worded): LogEntry {
  return line(() => `Deleting iptables entry: ${entryText(chain, rule, ruleWords(rule))}`);
}

/** As Go prints the struct of a rule with %+v. */
function entryText(chain: string, rule: Rule, words: readonly string[]): string {
  const fields = `Command: Name: Chain:${chain} Flag: LockWaitTimeInSeconds: IsJumpEntry:${jumps(rule)}`;
  return `&{${fields} Specs:[${words.join(" ")}]}`;
}

function jumps({ target }: Rule): boolean {
  return target?.kind === "jump" && !["ACCEPT", "DROP", "RETURN"].includes(target.to);
}

/** Members, then the sets themselves, lists first: a set that a list holds cannot be destroyed. */
function setsThatGo(before: readonly IpSet[], now: ReadonlyMap<string, IpSet>): readonly LogEntry[] {
  const gone = before.filter((set) => !isSame(set, now.get(set.name)));
  return [
    ...listsFirst(before).flatMap((set) => {
      const kept = new Set(gone.includes(set) ? [] : now.get(set.name)!.members);
      return set.members.filter((member) => !kept.has(member)).map((member) => ipset("-D", set.name, nameOf(member)));
    }),
    ...listsFirst(gone).map(({ name }) => ipset("-X", name)),
  ];
}

function setsThatCome(after: readonly IpSet[], had: ReadonlyMap<string, IpSet>): readonly LogEntry[] {
  const ordered = listsFirst(after).toReversed();
  const known = (set: IpSet) => isSame(set, had.get(set.name));
  return [
    ...ordered.filter((set) => !known(set)).map(createSet),
    ...ordered.flatMap((set) => {
      const old = new Set(known(set) ? had.get(set.name)!.members : []);
      return set.members.filter((member) => !old.has(member)).map((member) => ipset("-A", set.name, member));
    }),
  ];
}

function isSame(set: IpSet, other: IpSet | undefined): boolean {
  return other !== undefined && set.type === other.type && set.maxElements === other.maxElements;
}

function listsFirst(sets: readonly IpSet[]): readonly IpSet[] {
  return [...sets.filter(({ type }) => type === "list:set"), ...sets.filter(({ type }) => type !== "list:set")];
}

function createSet({ name, readableName = "", type, maxElements }: IpSet): LogEntry {
  return line(() => {
    const what = type === "list:set" ? "List" : "Set";
    const size = maxElements === undefined ? "" : ` maxelem ${maxElements}`;
    return `Creating ${what}: &{operationFlag:-N name:${readableName} set:${name} spec:[${programType[type]}${size}]}`;
  });
}

/** What NPM calls the kernel's types. */
const programType = {
  "hash:net": "nethash",
  "list:set": "setlist",
  "hash:ip,port": "hash:ip,port",
  "hash:ip": "hash:ip",
} as const;

/** ipset knows `10.0.0.0/8 nomatch` by its network alone. */
function nameOf(member: string): string {
  return member.replace(/ nomatch$/, "");
}

function iptables(operation: string, chain: string): LogEntry {
  return line(() => `Executing iptables command iptables [-w 60 ${operation} ${chain}]`);
}

function ipset(operation: string, ...words: readonly string[]): LogEntry {
  return line(() => `Executing ipset command ipset [${operation} -exist ${words.join(" ")}]`);
}

function line(text: () => string): LogEntry {
  return { kind: "logger", text };
}
