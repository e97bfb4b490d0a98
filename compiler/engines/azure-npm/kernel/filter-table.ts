import { printRule } from "../../../netfilter/print-rule.js";
import type { Chain, Rule } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";
import { RuleList } from "./rule-list.js";
import type { SetTable } from "./set-table.js";

/** 0; 1 when the command fails; 2 when iptables does not understand it, or a set or a chain it names is not there. */
export type ExitStatus = 0 | 1 | 2;

/** The filter table, and how `iptables` commands come out. Source: iptables 1.8.9 (legacy) and the kernel of the vectors. */
export class FilterTable {
  readonly #chains = new Map<string, { readonly rules: RuleList; readonly chain: Omit<Chain, "rules"> }>();
  /** How many rules jump to a chain. */
  readonly #jumps = new Map<string, number>();
  readonly #sets: SetTable;

  constructor(chains: readonly Chain[], sets: SetTable) {
    this.#sets = sets;
    for (const name of builtIns) this.#chains.set(name, { rules: new RuleList(), chain: { name, policy: "ACCEPT" } });
    for (const { rules, ...chain } of chains) {
      const list = new RuleList();
      this.#chains.set(chain.name, { rules: list, chain });
      for (const rule of rules) {
        list.append(rule, printRule(rule));
        this.#refer(rule, 1);
      }
    }
  }

  has(chain: string): boolean {
    return this.#chains.has(chain);
  }

  rules(chain: string): Rule[] {
    return this.#chains.get(chain)?.rules.rules() ?? [];
  }

  newChain(name: string, origin: Origin): ExitStatus {
    if (this.#chains.has(name)) return 1;
    this.#chains.set(name, { rules: new RuleList(), chain: { name, origin } });
    return 0;
  }

  flush(name: string): ExitStatus {
    const found = this.#chains.get(name);
    if (!found) return 1;
    for (const rule of found.rules.rules()) this.#refer(rule, -1);
    this.#chains.set(name, { ...found, rules: new RuleList() });
    return 0;
  }

  /** Fails while the chain has rules, or rules jump to it. */
  deleteChain(name: string): ExitStatus {
    const found = this.#chains.get(name);
    if (!found?.rules.isEmpty || (this.#jumps.get(name) ?? 0) > 0) return 1;
    this.#chains.delete(name);
    return 0;
  }

  check(chain: string, rule: Rule): ExitStatus {
    if (!this.#understands(rule)) return 2;
    return this.#chains.get(chain)?.rules.has(printRule(rule)) ? 0 : 1;
  }

  append(chain: string, rule: Rule): ExitStatus {
    return this.#add(chain, rule, (list, text) => list.append(rule, text));
  }

  /** `index` is 1-based. */
  insert(chain: string, rule: Rule, index = 1): ExitStatus {
    if (index === 1) return this.#add(chain, rule, (list, text) => list.insertFirst(rule, text));
    const rules = this.rules(chain);
    if (index > rules.length + 1) return 1;
    return this.#add(chain, rule, (list) => {
      for (const old of rules) list.remove(printRule(old));
      for (const one of rules.toSpliced(index - 1, 0, rule)) list.append(one, printRule(one));
    });
  }

  /** Removes the first of several equal rules. */
  remove(chain: string, rule: Rule): ExitStatus {
    if (!this.#understands(rule)) return 2;
    const removed = this.#chains.get(chain)?.rules.remove(printRule(rule));
    if (!removed) return 1;
    this.#refer(removed, -1);
    return 0;
  }

  /** Built-in chains first, then the others by name. */
  list(): Chain[] {
    const all = [...this.#chains.values()].map(({ rules, chain }): Chain => ({ ...chain, rules: rules.rules() }));
    const own = all.filter(({ name }) => !builtIns.includes(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
    return [...builtIns.map((name) => all.find((chain) => chain.name === name)!), ...own];
  }

  #add(chain: string, rule: Rule, put: (list: RuleList, text: string) => void): ExitStatus {
    if (!this.#understands(rule)) return 2;
    const found = this.#chains.get(chain);
    if (!found) return 1;
    put(found.rules, printRule(rule));
    this.#refer(rule, 1);
    return 0;
  }

  #understands({ matches, target }: Rule): boolean {
    if (target?.kind === "jump" && !verdicts.includes(target.to) && !this.#chains.has(target.to)) return false;
    return matches.every((match) => {
      if (match.kind === "set") return this.#sets.has(match.set);
      return match.kind !== "address" || !match.network.includes(":");
    });
  }

  #refer({ matches, target }: Rule, change: 1 | -1): void {
    for (const match of matches) if (match.kind === "set") this.#sets.refer(match.set, change);
    if (target?.kind === "jump") this.#jumps.set(target.to, (this.#jumps.get(target.to) ?? 0) + change);
  }
}

const builtIns = ["INPUT", "FORWARD", "OUTPUT"];
const verdicts = ["ACCEPT", "DROP", "RETURN"];
