import type { StepView, WalkView } from "../../views.js";
import { button, el } from "../dom.js";
import { causeOf, type Board } from "../rows.js";

type Shown = NonNullable<WalkView["walk"]>;

/** The walk of a packet: its steps, the packet beside them, and buttons to go from step to step. */
export class WalkPlayer {
  readonly elements: readonly HTMLElement[];
  readonly #walk: Shown;
  readonly #board: Board;
  readonly #rows: readonly HTMLElement[];
  readonly #where = el("p", { class: "where", "aria-live": "polite" });
  readonly #mark = el("p", { class: "mark" });
  readonly #play: HTMLButtonElement;
  #at = -1;
  #timer = 0;

  constructor(walk: Shown, board: Board) {
    this.#walk = walk;
    this.#board = board;
    this.#rows = walk.steps.map((step) => showStep(step, board));
    this.#play = button("Play", { class: "play" }, () => (this.#timer ? this.stop() : this.play()));
    const controls = el(
      "div",
      { class: "controls", role: "group", "aria-label": "Walk" },
      button("Start", {}, () => this.#jump(0)),
      button("Back", {}, () => this.#jump(this.#at - 1)),
      this.#play,
      button("Next", {}, () => this.#jump(this.#at + 1)),
      button("End", {}, () => this.#jump(walk.steps.length - 1)),
    );
    const packet = el("div", { class: "packet" }, el("div", { class: "now" }, this.#where, this.#mark), controls);
    this.elements = [
      showVerdict(walk, board),
      packet,
      el("ol", { class: "walk", "aria-label": "Steps of the walk" }, ...this.#rows),
    ];
  }

  /** From the first step on, or at once to the last where people want no motion. */
  play(): void {
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#show(this.#walk.steps.length - 1, "stays");
    if (this.#at >= this.#walk.steps.length - 1) this.#show(-1);
    this.#play.textContent = "Pause";
    const next = (): void => {
      this.#show(this.#at + 1);
      if (this.#at < this.#walk.steps.length - 1) this.#timer = window.setTimeout(next, this.#pause());
      else this.stop();
    };
    next();
  }

  stop(): void {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#play.textContent = "Play";
  }

  /** The last step, for who has seen the walk. */
  showEnd(): void {
    this.#show(this.#walk.steps.length - 1, "stays");
  }

  /** Rules that match are worth a longer look. */
  #pause(): number {
    return this.#walk.steps[this.#at]?.matched === false ? 350 : 900;
  }

  #jump(to: number): void {
    this.stop();
    this.#show(Math.min(Math.max(to, 0), this.#walk.steps.length - 1));
  }

  #show(at: number, page: "follows" | "stays" = "follows"): void {
    this.#at = at;
    this.#rows.forEach((row, index) => {
      row.classList.toggle("past", index < at);
      row.classList.toggle("now", index === at);
      row.classList.toggle("future", index > at);
      if (index === at) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    });
    const step = this.#walk.steps[at];
    if (!step) return;
    this.#where.replaceChildren(
      el("b", {}, `Step ${at + 1} of ${this.#rows.length}`),
      ` ${step.chain} ${placeOf(step)}: `,
      step.matched === false ? "does not match" : step.action === "" ? "goes on" : step.action,
    );
    this.#mark.replaceChildren(...showMark(step, this.#walk.steps[at - 1]?.mark ?? 0));
    const isLast = at === this.#rows.length - 1;
    const cause = isLast ? this.#walk.causes.at(-1)?.id : undefined;
    this.#board.point(cause ?? (step.matched === false ? undefined : step.id));
    if (page === "follows") this.#rows[at]!.scrollIntoView({ block: "nearest" });
  }
}

const words = { allow: "passes", deny: "is dropped", depends: "may pass or not" } as const;

/** What a screen reader says of a walk. */
export function announce({ verdict, steps }: Shown): string {
  return `The packet ${words[verdict]}, after ${steps.length} steps.`;
}

function showVerdict(walk: Shown, board: Board): HTMLElement {
  const { verdict, spec, specReasons, causes } = walk;
  const differs = verdict !== spec;
  const reasons = causes.map(({ cause }) => el("li", {}, causeOf(cause, board)));
  return el(
    "section",
    { class: `verdict ${verdict}` },
    el("p", { class: "sentence" }, "The packet ", el("strong", {}, words[verdict]), "."),
    el("p", { class: "ends" }, `${walk.source} → ${walk.destination}, port ${walk.port}, a new connection`),
    ...(reasons.length > 0 ? [el("p", { class: "because" }, "Because of"), el("ul", {}, ...reasons)] : []),
    el(
      "details",
      differs ? { open: true, class: "differs" } : {},
      el(
        "summary",
        {},
        differs ? `Kubernetes specifies otherwise: it ${words[spec]}` : "Kubernetes specifies the same",
      ),
      el("ul", {}, ...specReasons.map((reason) => el("li", {}, reason))),
    ),
  );
}

function showStep(step: StepView, board: Board): HTMLElement {
  const { chain, matched, why, action, depth, decides, cause } = step;
  const state = matched === true ? "yes" : matched === false ? "no" : "perhaps";
  const row = el(
    "li",
    {
      class: `step ${state} depth-${Math.min(depth, 6)}${decides ? " decides" : ""}`,
      ...(step.id !== "" && { "data-id": step.id }),
      ...(cause?.kind === "place" && { "data-line": cause.line }),
    },
    el(
      "span",
      { class: "sign", role: "img", "aria-label": `matches: ${state}` },
      { yes: "✓", no: "·", perhaps: "?" }[state],
    ),
    el(
      "div",
      { class: "what" },
      el("p", { class: "chain" }, `${chain} ${placeOf(step)}`),
      el("p", { class: "sentence" }, ...sentence(why, action)),
      ...(cause && matched !== false ? [causeOf(cause, board)] : []),
    ),
  );
  return row;
}

function sentence(why: string, action: string): readonly (Node | string)[] {
  if (action === "") return [why === "" ? "asks nothing, does nothing" : why];
  return [why === "" ? "" : `${why}: `, el("strong", {}, action)];
}

function placeOf({ rule, count }: StepView): string {
  if (rule === 0) return "policy";
  return count > 1 ? `rules ${rule - count + 1} to ${rule}` : `rule ${rule}`;
}

/** The mark, bit by bit; a bit that the step has set stands out. */
function showMark({ mark }: StepView, before: number): readonly (Node | string)[] {
  if (mark === undefined) return ["mark unknown"];
  const bits = Array.from({ length: 32 }, (_, bit) => 2 ** bit).filter((bit) => Math.floor(mark / bit) % 2 === 1);
  if (bits.length === 0) return ["mark ", el("span", { class: "bit none" }, "none")];
  return [
    "mark ",
    ...bits.map((bit) =>
      el("span", { class: `bit${Math.floor(before / bit) % 2 === 1 ? "" : " new"}` }, `0x${bit.toString(16)}`),
    ),
  ];
}
