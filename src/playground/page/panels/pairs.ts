import type { GroupView, PolicyView } from "../../views.js";
import { el } from "../dom.js";
import { causeOf, firstOf, linked, placeOf, type Board } from "../rows.js";

/** What the policies mean, before they become rules. */
export function pairsPanel(policies: readonly PolicyView[], board: Board): readonly HTMLElement[] {
  if (policies.length === 0) {
    return [el("p", { class: "empty" }, "No policy: every pod may talk to every other, and to the world outside.")];
  }
  const [shown, more] = firstOf(policies, shownPolicies, "policies");
  return [...shown.map((policy) => showPolicy(policy, board)), ...more];
}

const shownPolicies = 400;

function showPolicy(policy: PolicyView, board: Board): HTMLElement {
  const directions = policy.directions.map(({ direction, subjects, groups, remark }) =>
    el(
      "section",
      { class: "direction" },
      el(
        "h4",
        {},
        el("span", { class: "badge" }, direction),
        direction === "ingress" ? " to " : " from ",
        el("span", { class: "who" }, subjects),
      ),
      el("ul", {}, ...groups.map((group) => showGroup(group, direction === "ingress", groups.length > 1, board))),
      ...(remark === undefined ? [] : [el("p", { class: "group empty" }, remark)]),
    ),
  );
  return el(
    "section",
    { class: "policy" },
    ...(policy.tier === undefined ? [] : [el("p", { class: "note" }, policy.tier)]),
    el("h3", linked(policy), el("span", { class: "name" }, policy.policy), placeOf(policy.cause, board)),
    ...directions,
  );
}

function showGroup(group: GroupView, isIngress: boolean, isOneOfSeveral: boolean, board: Board): HTMLElement {
  const isRule = group.verdict !== "disallow";
  const kind =
    group.verdict === "allow" ? "allow" : group.verdict === "disallow" || group.verdict === "deny" ? "deny" : "";
  const words: (Node | string)[] = isRule
    ? [
        isIngress ? " from " : " to ",
        el("span", { class: "who" }, group.peers),
        " on ",
        el("span", { class: "who" }, group.ports),
      ]
    : [isOneOfSeveral ? " everything else" : " everything"];
  return el(
    "li",
    { class: "group", ...linked(group) },
    el("p", {}, el("strong", { class: kind }, group.verdict), ...words),
    ...(isRule
      ? [el("p", { class: "pods" }, group.sources, el("span", { class: "arrow" }, " → "), group.destinations)]
      : []),
    causeOf(group.cause, board),
  );
}
