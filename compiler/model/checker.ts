import { diagnostic, type Diagnostic, type Where } from "../text/diagnostic.js";
import type { Code, ParametersOf } from "../text/codes/index.js";
import { positionOf, type Source } from "../text/source.js";

type Step = string | number;

interface Problem {
  readonly code: Code;
  readonly parameters: unknown;
  readonly offset: number;
  readonly field: string;
}

/**
 * Collects what is wrong with one object while it is read. It knows the way to the field that is being read, and spells it only
 * when something is wrong there.
 */
export class Checker {
  readonly source: Source;
  readonly #path: Step[] = [];
  /** Errors, and unknown fields. */
  readonly #errors: Problem[] = [];
  readonly #warnings: Problem[] = [];
  #failed = false;
  // Those that were counted only.
  #unnamedErrors = 0;
  #unnamedWarnings = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** Nothing was reported; then it can serve another object. */
  get isClean(): boolean {
    return this.#errors.length === 0 && this.#warnings.length === 0;
  }

  /** Errors so far, unknown fields included: whether reading a part went well shows in the difference. */
  get errorCount(): number {
    return this.#errors.length + this.#unnamedErrors;
  }

  /** Further errors will only be counted. */
  get isFull(): boolean {
    return this.#errors.length >= maxErrors;
  }

  enter(step: Step): void {
    this.#path.push(step);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Something is wrong at `offset`, in the field that `steps` lead to from here. An unknown field is decided on at the end. */
  report<C extends Code>(code: C, parameters: ParametersOf<C>, offset: number, ...steps: readonly Step[]): void {
    const problem = { code, parameters, offset };
    if (serverWarnings.has(code)) {
      if (this.#warnings.length < maxWarnings)
        this.#warnings.push({ ...problem, field: spell([...this.#path, ...steps]) });
      else this.#unnamedWarnings++;
      return;
    }
    this.#failed ||= code !== "unknown-field";
    if (this.isFull) this.#unnamedErrors++;
    else this.#errors.push({ ...problem, field: spell([...this.#path, ...steps]) });
  }

  /** 1-based line of an offset, for messages that name a second place. */
  lineOf(offset: number): number {
    return positionOf({ source: this.source, offset }).line;
  }

  /**
   * The diagnostics of the object, and whether it is admitted. In an object that was saved from a server unknown fields are warnings. The
   * warnings of the API server are left out when it would refuse the object, as it does.
   */
  finish(object: string | undefined, fromServer: boolean): { admitted: boolean; diagnostics: Diagnostic[] } {
    const admitted = !this.#failed && (fromServer || this.#errors.length === 0);
    const problems = admitted ? [...this.#errors, ...this.#warnings] : this.#errors;
    const diagnostics = problems.map(({ code, parameters, offset, field }) => {
      const said = code === "unknown-field" && fromServer ? "unknown-field-from-server" : code;
      return diagnostic(said, parameters as never, this.#where(offset, object, field));
    });
    const last = problems.at(-1);
    const count = this.#unnamedErrors + (admitted ? this.#unnamedWarnings : 0);
    if (last && count > 0) {
      const code = admitted ? "more-warnings" : "more-mistakes";
      diagnostics.push(diagnostic(code, { count }, this.#where(last.offset, object, "")));
    }
    return { admitted, diagnostics };
  }

  #where(offset: number, object: string | undefined, field: string): Where {
    return {
      location: { source: this.source, offset },
      ...(object === undefined ? {} : { object }),
      ...(field === "" ? {} : { field }),
    };
  }
}

// Of one object. A person reads no more, and a hostile text could bring millions.
const maxErrors = 200;
const maxWarnings = 1000;

const serverWarnings: ReadonlySet<Code> = new Set<Code>([
  "cidr-host-bits",
  "cidr-non-standard",
  "cidr-not-canonical",
  "replicas-capped",
  "calico-types-missing",
]);

/** `spec.ingress[0].ports[0].port` */
function spell(path: readonly Step[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
