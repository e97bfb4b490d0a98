import type { Selector } from "./selector.js";

/** A selector, or what is wrong with its text and where, in UTF-16 units from its start. */
export type ParsedSelector = { readonly selector: Selector } | { readonly problem: string; readonly at: number };

/** Reads a selector; the empty one selects everything. Source: Calico 87c15906f, libcalico-go/lib/selector/{tokenizer,parser}. */
export function parseSelector(text: string): ParsedSelector {
  const reader = new Reader(text);
  try {
    if (reader.atEnd()) return { selector: { kind: "all" } };
    const selector = reader.or(0);
    if (!reader.atEnd()) reader.fail("expected && or ||, or nothing more");
    return { selector };
  } catch (problem) {
    if (problem instanceof SelectorProblem) return { problem: problem.message, at: problem.at };
    throw problem;
  }
}

/** The selector of a text that is known to be right. */
export function selectorOf(text: string): Selector {
  const parsed = parseSelector(text);
  if ("problem" in parsed) throw new Error(`${parsed.problem}: ${text}`);
  return parsed.selector;
}

class SelectorProblem extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Deeper nesting than anybody writes. */
const deepest = 500;
const longestLabel = 512;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(message: string, at = this.#at): never {
    throw new SelectorProblem(message, at);
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  or(depth: number): Selector {
    return this.#chain("or", "||", () => this.#chain("and", "&&", () => this.#unary(depth)));
  }

  #chain(kind: "and" | "or", operator: string, next: () => Selector): Selector {
    const operands = [next()];
    while (this.#takes(operator)) operands.push(next());
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  #unary(depth: number): Selector {
    if (depth > deepest) this.fail("it is nested too deeply");
    let negated = false;
    while (this.#takesNot()) negated = !negated;
    const operand = this.#operand(depth);
    return negated ? { kind: "not", operand } : operand;
  }

  #takesNot(): boolean {
    this.#skipSpace();
    return !this.#text.startsWith("!=", this.#at) && this.#takes("!");
  }

  #operand(depth: number): Selector {
    if (this.#takes("(")) {
      const inner = this.or(depth + 1);
      if (!this.#takes(")")) this.fail("expected )");
      return inner;
    }
    for (const kind of ["all", "global"] as const)
      if (this.#takesPattern(new RegExp(`${kind}\\(\\s*\\)`, "y"))) return { kind };
    const has = this.#takesPattern(/has\(\s*([-A-Za-z0-9_./]+)\s*\)/y);
    if (has) return { kind: "has", label: this.#checked(has[1]!) };
    const start = this.#at;
    const label = this.#takesPattern(/[-A-Za-z0-9_./]+/y)?.[0];
    if (label === undefined) this.fail("expected a label, has(label), all(), ! or (");
    this.#checked(label, start);
    return this.#comparison(label);
  }

  #comparison(label: string): Selector {
    if (this.#takes("==")) return { kind: "equals", label, value: this.#value() };
    if (this.#takes("!=")) return { kind: "differs", label, value: this.#value() };
    if (this.#takesPattern(/contains(?![-A-Za-z0-9_./])/y)) return { kind: "contains", label, value: this.#value() };
    if (this.#takesPattern(/starts\s*with(?![-A-Za-z0-9_./])/y))
      return { kind: "starts-with", label, value: this.#value() };
    if (this.#takesPattern(/ends\s*with(?![-A-Za-z0-9_./])/y))
      return { kind: "ends-with", label, value: this.#value() };
    if (this.#takesPattern(/not\s*in(?![-A-Za-z0-9_./])/y)) return { kind: "not-in", label, values: this.#values() };
    if (this.#takesPattern(/in(?![-A-Za-z0-9_./])/y)) return { kind: "in", label, values: this.#values() };
    return this.fail("expected ==, !=, in, not in, contains, starts with or ends with");
  }

  #values(): readonly string[] {
    if (!this.#takes("{")) this.fail("expected {");
    const values: string[] = [];
    if (!this.#takes("}")) {
      do values.push(this.#value());
      while (this.#takes(","));
      if (!this.#takes("}")) this.fail("expected , or }");
    }
    return [...new Set(values)].toSorted((a, b) => (a < b ? -1 : 1));
  }

  #value(): string {
    const found = this.#takesPattern(/"([^"]*)"|'([^']*)'/y);
    if (!found) this.fail("expected a value in quotes");
    return found[1] ?? found[2] ?? "";
  }

  #checked(label: string, at = this.#at): string {
    if (label.length > longestLabel) this.fail(`the label has more than ${longestLabel} characters`, at);
    return label;
  }

  #takes(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #takesPattern(pattern: RegExp): RegExpExecArray | undefined {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && " \t\n\r".includes(this.#text[this.#at]!)) this.#at++;
  }
}
