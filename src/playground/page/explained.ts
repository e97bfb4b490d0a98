import type { Calls } from "../protocol.js";
import type { ExplainedLine } from "../views.js";
import { byId, el } from "./dom.js";
import { placeOf, type Board } from "./rows.js";

type Asked = Parameters<Calls["explained"]>[0];

/** What `anpm explain` says of what is pointed at, below the panels. */
export class Explained {
  readonly #ask: (asked: Asked) => Promise<readonly ExplainedLine[]>;
  readonly #board: Board;
  readonly #host = byId("explained");
  #wanted: Asked | undefined;
  #isAsking = false;

  constructor(ask: (asked: Asked) => Promise<readonly ExplainedLine[]>, board: Board) {
    this.#ask = ask;
    this.#board = board;
  }

  /** Of things that are pointed at in passing only the last is asked for. */
  async show(asked: Asked): Promise<void> {
    this.#wanted = asked;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      while (this.#wanted !== undefined) {
        const now: Asked = this.#wanted;
        const lines = await this.#ask(now);
        if (this.#wanted !== now) continue;
        if (lines.length === 0) this.hint();
        else this.#host.replaceChildren(...lines.map((line) => this.#line(line)));
        this.#wanted = undefined;
      }
    } finally {
      this.#isAsking = false;
    }
  }

  /** A word in the place of an explanation that holds no longer. */
  hint(text = "Point at a rule, a set or a line of the manifests: what it means is said here."): void {
    this.#wanted = undefined;
    this.#host.replaceChildren(el("p", { class: "hint" }, text));
  }

  #line({ depth, kind, head, text, cause }: ExplainedLine): HTMLElement {
    const end = text === "" ? "" : /^(trap|quirk)$/.test(kind) ? ". " : ": ";
    return el(
      "p",
      { class: `${kind === "trap" ? "trap " : ""}level-${depth}` },
      el("strong", {}, head),
      `${end}${text} `,
      ...(cause.kind === "place" ? [placeOf(cause, this.#board)] : []),
    );
  }
}
