import {
  answerTrace,
  compile,
  editedParser,
  explain,
  legendOf,
  outputs,
  readBack,
  readParsed,
  readQuestion,
  type CompileOptions,
  type CompileResult,
  type Explanation,
} from "../../../compiler/index.js";
import type { Calls } from "../protocol.js";
import type { Switches, WrittenPacket } from "../switches.js";
import type {
  Compiled,
  EngineView,
  ExplainedLine,
  MatrixViewed,
  Outcome,
  PolicyView,
  Verdict,
  WalkView,
} from "../views.js";
import { sourceName } from "./place.js";
import { explainId, explainLine, originsOf } from "./view-explained.js";
import { viewEngines } from "./view-engines.js";
import { viewCells } from "./view-cells.js";
import { viewPairs } from "./view-pairs.js";
import { viewProblem } from "./view-problem.js";
import { viewTables } from "./view-tables.js";
import { viewWalk } from "./view-walk.js";

/** Answers the calls of a page, about the manifests that it compiled last. */
export class Session implements Calls {
  /** Who types waits for what was edited, not for all; and for all generations the text is read once. */
  readonly #parse = editedParser();
  #result: CompileResult | undefined;
  /** Made when somebody asks. */
  #explanation: Explanation | undefined;

  engines(): readonly EngineView[] {
    return viewEngines();
  }

  compile(text: string, switches: Switches): Compiled {
    const start = performance.now();
    const { result, diagnostics } = this.#compileText(text, switches);
    const problems = diagnostics.map(viewProblem);
    this.#result = result;
    this.#explanation = undefined;
    const viewed = result && viewTables(result);
    return { problems, ...(viewed && { result: viewed }), milliseconds: performance.now() - start };
  }

  origins(): ReturnType<Calls["origins"]> {
    return this.#result ? originsOf(this.#explain(this.#result)) : {};
  }

  explained(asked: Parameters<Calls["explained"]>[0]): readonly ExplainedLine[] {
    if (!this.#result) return [];
    const explanation = this.#explain(this.#result);
    return "id" in asked ? explainId(explanation, asked.id) : explainLine(explanation, this.#result, asked.line);
  }

  #explain(result: CompileResult): Explanation {
    return (this.#explanation ??= explain(result));
  }

  pairs(): readonly PolicyView[] | undefined {
    return this.#result && viewPairs(this.#result);
  }

  matrix(): MatrixViewed | undefined {
    return this.#result && viewCells(this.#result);
  }

  output(name: string): { readonly fileName: string; readonly text: string } | undefined {
    const output = outputs.find((each) => each.name === name);
    if (!output || !this.#result || this.#result.machine.lacks.has(name)) return undefined;
    return { fileName: output.fileName(this.#result.machine), text: output.print(this.#result, {}) };
  }

  walk(packet: WrittenPacket): WalkView | undefined {
    return this.#result && viewWalk(this.#result, packet);
  }

  #compileText(text: string, switches: Switches): ReturnType<typeof compile> {
    const options: CompileOptions = { ...switches, otherNamespaces: "kept" };
    return compile([{ name: sourceName, text }], options, (source, its) => readParsed(this.#parse(source), its));
  }

  outcome(text: string, switches: Switches, packet: WrittenPacket): Outcome {
    const { result } = this.#compileText(text, switches);
    if (!result) return {};
    const verdict = verdictOf(result, packet);
    const rules = result.tables.chains.reduce((sum, chain) => sum + chain.rules.length, 0);
    return { rules, sets: result.tables.sets.length, ...(verdict && { verdict }) };
  }
}

/** By the rules alone. */
function verdictOf({ tables: compiled, objects }: CompileResult, packet: WrittenPacket): Verdict | undefined {
  const tables = readBack(compiled);
  const { question } = readQuestion({ ...packet, state: "new", namespace: "default" }, tables, objects);
  return question && answerTrace(question, tables, legendOf(compiled)).verdict;
}
