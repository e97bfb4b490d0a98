import type { Cause, Linked } from "../views.js";
import { button, el } from "./dom.js";
import type { Light } from "./links.js";

/** What panels may do to the rest of the page. */
export interface Board {
  /** Lights up what belongs to a thing; nothing for undefined. */
  point(id: string | undefined): void;
  /** Goes to a line of the manifests. */
  goTo(line: number): void;
}

/** The first of many, and a word about the others: a page is no place for them, and `anpm compile` shows all. */
export function firstOf<T>(all: readonly T[], limit: number, what: string): [readonly T[], readonly HTMLElement[]] {
  const more = all.length - limit;
  if (more <= 0) return [all, []];
  return [all.slice(0, limit), [el("p", { class: "empty" }, `${more} more ${what}; anpm compile shows all.`)]];
}

/** Where something comes from: a button that leads there, or the reason that the engine gives. */
export function causeOf(cause: Cause, board: Board): HTMLElement {
  if (cause.kind === "engine") return el("span", { class: "cause engine" }, cause.reason);
  const { field, object } = cause;
  return el("span", { class: "cause" }, lineButton(cause, board), ` ${field} of ${object}`);
}

/** The same for a heading that names the object already. */
export function placeOf(cause: Cause, board: Board): HTMLElement {
  if (cause.kind === "engine") return causeOf(cause, board);
  return el("span", { class: "cause" }, lineButton(cause, board));
}

/** Attributes of an element that lights up. */
export function linked({ id, cause }: Pick<Linked, "id" | "cause">): Record<string, string | number> {
  return { "data-id": id, tabindex: -1, ...(cause.kind === "place" && { "data-line": cause.line }) };
}

/** Lets pointer and keyboard light up the things of a panel: arrow keys go from one to the next, Enter goes to its line. */
export function watchRows(panel: HTMLElement, board: Board): void {
  let pointed: string | undefined;
  const point = (target: EventTarget | null): void => {
    const row = target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
    const id = row?.dataset["id"];
    if (id === pointed) return;
    pointed = id;
    board.point(id);
  };
  panel.addEventListener("mouseover", ({ target }) => point(target));
  panel.addEventListener("mouseleave", () => point(null));
  panel.addEventListener("focusin", ({ target }) => point(target));
  panel.addEventListener("focusout", ({ relatedTarget }) => point(relatedTarget));
  panel.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || target.dataset["id"] === undefined) return;
    const rows = [...panel.querySelectorAll<HTMLElement>("[data-id]")];
    const at = rows.indexOf(target);
    const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[key];
    if (next) moveTo(next, rows);
    else if (key === "Enter" && target.dataset["line"] !== undefined) board.goTo(Number(target.dataset["line"]));
    else return;
    event.preventDefault();
  });
}

/** After rows were made: one of them is where the Tab key comes in. */
export function enterRows(panel: HTMLElement): void {
  const first = panel.querySelector<HTMLElement>("[data-id]");
  if (first) first.tabIndex = 0;
}

function moveTo(row: HTMLElement, rows: readonly HTMLElement[]): void {
  for (const each of rows) each.tabIndex = each === row ? 0 : -1;
  row.focus();
}

/** Shows in a panel what is lit up; where `reveals`, scrolls to the first of it. */
export function lightRows(panel: HTMLElement, { ids, near }: Light, reveals: boolean): void {
  const lit: HTMLElement[] = [];
  for (const row of panel.querySelectorAll<HTMLElement>("[data-id]")) {
    const id = row.dataset["id"]!;
    row.classList.toggle("lit", ids.has(id));
    row.classList.toggle("near", near.has(id));
    if (ids.has(id) || near.has(id)) lit.push(row);
  }
  const first = lit.find((row) => row.classList.contains("lit")) ?? lit[0];
  if (reveals && first) reveal(first, panel);
}

/** Scrolls the panel alone, not the page: on a phone the page would run away below the finger. */
function reveal(row: HTMLElement, panel: HTMLElement): void {
  if (getComputedStyle(panel).overflowY === "visible") return;
  const [inner, outer] = [row.getBoundingClientRect(), panel.getBoundingClientRect()];
  if (inner.top < outer.top) panel.scrollTop += inner.top - outer.top - margin;
  else if (inner.bottom > outer.bottom) panel.scrollTop += inner.bottom - outer.bottom + margin;
}

/** Pixels that stay free above or below a row that is scrolled to. */
const margin = 40;

function lineButton({ line, object, field }: Extract<Cause, { kind: "place" }>, board: Board): HTMLElement {
  return button(`line ${line}`, { class: "place", title: `${object}, ${field}` }, () => board.goTo(line));
}

/** Of a panel that has nothing to show until the manifests can be compiled. */
export function lacking(what: string): HTMLElement {
  return el("p", { class: "empty" }, `No ${what} yet: mend the manifests first.`);
}
