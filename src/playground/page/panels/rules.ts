import type { ChainView, RuleView } from "../../views.js";
import { el } from "../dom.js";
import { causeOf, firstOf, linked, type Board } from "../rows.js";

/** The chains with their rules, each rule as a sentence and as iptables prints it. */
export function rulesPanel(chains: readonly ChainView[], board: Board): readonly HTMLElement[] {
  const filled = chains.filter(({ rules }) => rules.length > 0);
  const [shown, more] = firstOf(filled, shownChains, "chains");
  return [...shown.map((chain) => showChain(chain, board)), ...more];
}

const shownChains = 400;
const shownRules = 200;

function showChain(chain: ChainView, board: Board): HTMLElement {
  const [rules, more] = firstOf(chain.rules, shownRules, "rules");
  return el(
    "section",
    { class: "chain" },
    el("h3", linked(chain), el("span", { class: "name" }, chain.name), causeOf(chain.cause, board)),
    el("ol", {}, ...rules.map((rule) => showRule(rule, board))),
    ...more,
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
