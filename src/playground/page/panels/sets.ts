import type { SetView } from "../../views.js";
import { el } from "../dom.js";
import { causeOf, firstOf, linked, type Board } from "../rows.js";

/** The sets: what people call them, what the kernel does, and who is in them. */
export function setsPanel(sets: readonly SetView[], board: Board): readonly HTMLElement[] {
  if (sets.length === 0) return [el("p", { class: "empty" }, "No sets.")];
  const [shown, more] = firstOf(sets, shownSets, "sets");
  return [el("ul", { class: "sets" }, ...shown.map((set) => showSet(set, board))), ...more];
}

const shownSets = 1_000;

function showSet(set: SetView, board: Board): HTMLElement {
  const members = set.members.map((member) => el("li", {}, member));
  if (set.more > 0) members.push(el("li", { class: "more" }, `and ${set.more} more`));
  return el(
    "li",
    { class: "set", ...linked(set) },
    el("p", { class: "title" }, set.title),
    el("code", {}, set.title === set.name ? set.type : `${set.name}  ${set.type}`),
    members.length > 0
      ? el("ul", { class: "members", "aria-label": "Members" }, ...members)
      : el("p", { class: "members empty" }, "nobody"),
    causeOf(set.cause, board),
  );
}
