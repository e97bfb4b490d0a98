import { RuleList } from "../../engines/azure-npm/kernel/rule-list.js";
import { printRule } from "../../netfilter/print-rule.js";
import type { Chain, Rule } from "../../netfilter/tables.js";

/**
 * The filter table as commands leave it. Unlike the kernel it takes a chain that is not there for one whose creation was not
 * logged, since a log may begin in the middle.
 */
export class RebuiltChains {
  readonly #chains = new Map<string, RebuiltChain>();

  constructor(existing: readonly Chain[]) {
    for (const name of builtIns) this.#chains.set(name, { policy: "ACCEPT", rules: new RuleList(), size: 0 });
    for (const { name, policy, rules } of existing) {
      const chain = { ...(policy && { policy }), rules: new RuleList(), size: rules.length };
      for (const rule of rules) chain.rules.append(rule, printRule(rule));
      this.#chains.set(name, chain);
    }
  }

  create(name: string): void {
    this.#chain(name);
  }

  has(name: string): boolean {
    return this.#chains.has(name);
  }

  /** `place` is 1-based; one beyond the end appends. */
  insert(name: string, rule: Rule, place: number): void {
    const chain = this.#chain(name);
    const text = printRule(rule);
    if (place > chain.size) chain.rules.append(rule, text);
    else if (place <= 1) chain.rules.insertFirst(rule, text);
    else {
      const rules = chain.rules.rules().toSpliced(place - 1, 0, rule);
      chain.rules = new RuleList();
      for (const one of rules) chain.rules.append(one, printRule(one));
    }
    chain.size += 1;
  }

  append(name: string, rule: Rule): void {
    this.insert(name, rule, this.#chain(name).size + 1);
  }

  /** The first of several equal rules; says whether there was one. */
  remove(name: string, rule: Rule): boolean {
    const chain = this.#chains.get(name);
    if (!chain?.rules.remove(printRule(rule))) return false;
    chain.size -= 1;
    return true;
  }

  flush(name: string): void {
    const chain = this.#chains.get(name);
    if (!chain) return;
    chain.rules = new RuleList();
    chain.size = 0;
  }

  /** A chain with rules stays, as in the kernel. */
  delete(name: string): void {
    if (this.#chains.get(name)?.size === 0 && !builtIns.includes(name)) this.#chains.delete(name);
  }

  /** Names of NPM's own chains. */
  own(): readonly string[] {
    return [...this.#chains.keys()].filter((name) => name.startsWith("AZURE-NPM"));
  }

  /** Built-in chains first, then the others by name. */
  list(): readonly Chain[] {
    const own = [...this.#chains.keys()].filter((name) => !builtIns.includes(name)).sort();
    return [...builtIns, ...own].map((name) => {
      const { policy, rules } = this.#chains.get(name)!;
      return { name, ...(policy && { policy }), rules: rules.rules() };
    });
  }

  #chain(name: string): RebuiltChain {
    let chain = this.#chains.get(name);
    if (!chain) {
      chain = { rules: new RuleList(), size: 0 };
      this.#chains.set(name, chain);
    }
    return chain;
  }
}

interface RebuiltChain {
  readonly policy?: "ACCEPT" | "DROP";
  rules: RuleList;
  size: number;
}

const builtIns = ["INPUT", "FORWARD", "OUTPUT"];
