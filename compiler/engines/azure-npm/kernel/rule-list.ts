import type { Rule } from "../../../netfilter/tables.js";

/** The rules of one chain, so that adding, finding and removing one costs the same however many there are. */
export class RuleList {
  #first: Node | undefined;
  #last: Node | undefined;
  /** By the text of the rule; equal rules in the order they stand in. */
  readonly #byText = new Map<string, Node[]>();

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  has(text: string): boolean {
    return this.#byText.has(text);
  }

  append(rule: Rule, text: string): void {
    const node: Node = { rule, text, before: this.#last, after: undefined };
    if (this.#last) this.#last.after = node;
    else this.#first = node;
    this.#last = node;
    const equal = this.#byText.get(text);
    if (equal) equal.push(node);
    else this.#byText.set(text, [node]);
  }

  insertFirst(rule: Rule, text: string): void {
    const node: Node = { rule, text, before: undefined, after: this.#first };
    if (this.#first) this.#first.before = node;
    else this.#last = node;
    this.#first = node;
    const equal = this.#byText.get(text);
    if (equal) equal.unshift(node);
    else this.#byText.set(text, [node]);
  }

  /** Removes the first of the equal rules and answers with it. */
  remove(text: string): Rule | undefined {
    const equal = this.#byText.get(text);
    const node = equal?.shift();
    if (!node) return undefined;
    if (equal!.length === 0) this.#byText.delete(text);
    if (node.before) node.before.after = node.after;
    else this.#first = node.after;
    if (node.after) node.after.before = node.before;
    else this.#last = node.before;
    return node.rule;
  }

  rules(): Rule[] {
    const rules: Rule[] = [];
    for (let node = this.#first; node; node = node.after) rules.push(node.rule);
    return rules;
  }
}

interface Node {
  readonly rule: Rule;
  readonly text: string;
  before: Node | undefined;
  after: Node | undefined;
}
