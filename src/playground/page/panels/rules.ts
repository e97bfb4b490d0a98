import type { ChainView, RuleView } from "../../views.js";
import { el } from "../dom.js";
import { causeOf, linked, type Board } from "../rows.js";

/** The chains with their rules, each rule as a sentence and as iptables prints it. */
export function rulesPanel(chains: readonly ChainView[], board: Board): readonly HTMLElement[] {
  return chains.filter(({ rules }) => rules.length > 0).map((chain) => showChain(chain, board));
}

function showChain(chain: ChainView, board: Board): HTMLElement {
  return el(
    "section",
    { class: "chain" },
    el("h3", linked(chain), el("span", { class: "name" }, chain.name), causeOf(chain.cause, board)),
    el("ol", {}, ...chain.rules.map((rule) => showRule(rule, board))),
  );
}

function showRule(rule: RuleView, board: Board): HTMLElement {
  return el(
    "li",
    { class: "rule", ...linked(rule) },
    el("span", { class: "number" }, `${rule.number}`),
    el(
      "div",
      { class: "what" },
      el("p", { class: "sentence" }, ...sentence(rule)),
      el("code", {}, rule.text),
      causeOf(rule.cause, board),
    ),
  );
}

function sentence({ condition, action, kind }: RuleView): readonly (Node | string)[] {
  const then = el("strong", { class: `action ${kind}` }, action === "" ? "go on" : action);
  return condition === "" ? ["Always ", then] : [`If ${condition}: `, then];
}
