import type { Compiled } from "../views.js";
import { button, byId, el } from "./dom.js";
import type { Board } from "./rows.js";

/** A page is no place for more; the first ones are those to mend. */
const shownProblems = 100;

/** What was compiled, in a line, and what is wrong or deserves a look, each with its line. */
export function showProblems({ problems, result }: Compiled, board: Board): void {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const rules = result?.chains.reduce((sum, chain) => sum + chain.rules.length, 0) ?? 0;
  byId("status").textContent = result
    ? `${counted(result.policies, "policy", "policies")}, ${counted(result.pods.length, "pod")}: ${counted(rules, "rule")} and ${counted(result.sets.length, "set")} on a node`
    : `${counted(errors, "mistake")}. The tabs show what was there before.`;
  const more = problems.length - shownProblems;
  byId("problems").replaceChildren(
    ...problems
      .slice(0, shownProblems)
      .map(({ severity, code, message, fix, line }) =>
        el(
          "li",
          { class: severity },
          ...(line === undefined ? [] : [button(`line ${line}`, { class: "place" }, () => board.goTo(line))]),
          el("b", {}, ` ${severity}: `),
          message,
          el("span", { class: "fix" }, fix),
          el("span", { class: "code" }, ` ${code}`),
        ),
      ),
    ...(more > 0 ? [el("li", {}, `and ${more} more`)] : []),
  );
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
