import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
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
  readonly #problems: Problem[] = [];
  #failed = false;

  constructor(source: Source) {
    this.source = source;
  }

  /** Nothing was reported; then it can serve another object. */
  get isClean(): boolean {
    return this.#problems.length === 0;
  }

  enter(step: Step): void {
    this.#path.push(step);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Something is wrong at `offset`, in the field that `steps` lead to from here. An unknown field is decided on at the end. */
  report<C extends Code>(code: C, parameters: ParametersOf<C>, offset: number, ...steps: readonly Step[]): void {
    if (!serverWarnings.has(code)) this.#failed ||= code !== "unknown-field";
    this.#problems.push({ code, parameters, offset, field: spell([...this.#path, ...steps]) });
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
    if (this.#problems.length === 0) return { admitted: true, diagnostics: [] };
    const admitted = !this.#failed && (fromServer || !this.#problems.some((p) => p.code === "unknown-field"));
    const diagnostics: Diagnostic[] = [];
    for (const { code, parameters, offset, field } of this.#problems) {
      if (!admitted && serverWarnings.has(code)) continue;
      const said = code === "unknown-field" && fromServer ? "unknown-field-from-server" : code;
      diagnostics.push(
        diagnostic(said, parameters as never, {
          location: { source: this.source, offset },
          ...(object === undefined ? {} : { object }),
          ...(field === "" ? {} : { field }),
        }),
      );
    }
    return { admitted, diagnostics };
  }
}

const serverWarnings: ReadonlySet<Code> = new Set<Code>([
  "cidr-host-bits",
  "cidr-non-standard",
  "cidr-not-canonical",
  "replicas-capped",
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
