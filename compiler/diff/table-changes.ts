import type { Chain, IpSet, OtherTable } from "../netfilter/tables.js";
import type { ChainsDifference, TablesDifference } from "../netfilter/tables-difference.js";
import { printRule } from "../netfilter/print-rule.js";
import { chainName, itemKeys, type Attribution } from "./attribution.js";

/** A rule that comes or goes, or stands elsewhere in its chain. */
export interface RuleChange {
  /** Absent: filter. */
  readonly table?: OtherTable["name"];
  readonly chain: string;
  /** `namespace/name` of the policy that the chain or the rule is there for, if it is one's. */
  readonly policy?: string;
  /** As iptables-save prints it, with `-A CHAIN`, and of another table than filter with `-t TABLE`. */
  readonly text: string;
  /** 1-based place in its chain, before for one that goes, after for one that comes or moves. */
  readonly place: number;
  /** Ids of the edits that cause it. */
  readonly edits: readonly number[];
}

/** A set that comes, goes, or holds other members. */
export interface SetChange {
  readonly name: string;
  readonly readableName?: string;
  readonly type: string;
  /** Members that come and go; all of them for a set that does. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Ids of the edits that cause it. */
  readonly edits: readonly number[];
}

/** A difference of tables, a change at a time, each with what causes it. */
export interface TableChanges {
  readonly chains: { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly rules: {
    readonly added: readonly RuleChange[];
    readonly removed: readonly RuleChange[];
    /** In the same chain before and after, in another order. */
    readonly moved: readonly RuleChange[];
  };
  readonly sets: {
    readonly added: readonly SetChange[];
    readonly removed: readonly SetChange[];
    readonly changed: readonly SetChange[];
  };
}

type ChangedTable = Pick<RuleChange, "table"> & { readonly chains: ChainsDifference };

/** In the order of chains, rules and sets in the tables. `order` is the edit of the policies' order, if there is one. */
export function tableChanges(
  { chains, others, sets }: TablesDifference,
  causes: Attribution,
  order?: number,
): TableChanges {
  const tables: readonly ChangedTable[] = [{ chains }, ...others];
  const whole = (set: IpSet, side: "added" | "removed"): SetChange => ({
    ...setHead(set),
    added: side === "added" ? set.members : [],
    removed: side === "removed" ? set.members : [],
    edits: causes.get(itemKeys.set(set.name)) ?? [],
  });
  const namesOf = (side: "added" | "removed") =>
    tables.flatMap(({ table, chains: its }) => its[side].map(({ name }) => chainName(name, table)));
  return {
    chains: { added: namesOf("added"), removed: namesOf("removed") },
    rules: ruleChanges(tables, causes, order),
    sets: {
      added: sets.added.map((set) => whole(set, "added")),
      removed: sets.removed.map((set) => whole(set, "removed")),
      changed: sets.changed.map((change) => {
        const replaced = change.kind === "replaced";
        const added = replaced ? change.after.members : change.added;
        const removed = replaced ? change.before.members : change.removed;
        const keys = [...added, ...removed].map((member) => itemKeys.member(change.name, member));
        if (replaced) keys.push(itemKeys.set(change.name));
        const edits = [...new Set(keys.flatMap((key) => causes.get(key) ?? []))].sort((a, b) => a - b);
        return { ...setHead(change.after), added, removed, edits };
      }),
    },
  };
}

function ruleChanges(
  tables: readonly ChangedTable[],
  causes: Attribution,
  order: number | undefined,
): TableChanges["rules"] {
  const rules = { added: [] as RuleChange[], removed: [] as RuleChange[], moved: [] as RuleChange[] };
  for (const { table, chains } of tables) addRuleChanges(rules, table, chains, causes, order);
  return rules;
}

function addRuleChanges(
  rules: Readonly<Record<keyof TableChanges["rules"], RuleChange[]>>,
  table: RuleChange["table"],
  chains: ChainsDifference,
  causes: Attribution,
  order: number | undefined,
): void {
  const ruleChange = (chain: Chain, index: number, edits: readonly number[] | undefined): RuleChange => {
    const rule = chain.rules[index]!;
    const text = printRule(rule);
    const origin = rule.origin?.kind === "field" ? rule.origin : chain.origin;
    return {
      ...(table && { table }),
      chain: chain.name,
      ...(origin?.kind === "field" && { policy: origin.object }),
      text: `${table ? `-t ${table} ` : ""}-A ${chain.name} ${text}`,
      place: index + 1,
      edits: edits ?? causes.get(itemKeys.rule(chainName(chain.name, table), text)) ?? [],
    };
  };
  for (const chain of chains.removed)
    chain.rules.forEach((_, index) => rules.removed.push(ruleChange(chain, index, undefined)));
  for (const chain of chains.added)
    chain.rules.forEach((_, index) => rules.added.push(ruleChange(chain, index, undefined)));
  for (const { before, after, edits } of chains.changed) {
    const gone = edits.filter(({ kind }) => kind === "delete");
    for (const edit of edits.filter(({ kind }) => kind === "insert")) {
      const pair = gone.findIndex(({ text }) => text === edit.text);
      if (pair >= 0) gone.splice(pair, 1);
      if (pair >= 0) rules.moved.push(ruleChange(after, edit.place - 1, order === undefined ? [] : [order]));
      else rules.added.push(ruleChange(after, edit.place - 1, undefined));
    }
    for (const { place } of gone) rules.removed.push(ruleChange(before, place - 1, undefined));
  }
}

function setHead({ name, readableName, type }: IpSet): Pick<SetChange, "name" | "readableName" | "type"> {
  return { name, ...(readableName !== undefined && { readableName }), type };
}
