import { el } from "../dom.js";

/** A page shows so many lines; the log has all. */
const shownLines = 2_000;

export function logPanel(fileName: string, text: string): readonly HTMLElement[] {
  const lines = text.split("\n");
  const shown = lines.slice(0, shownLines).join("\n");
  return [
    el("p", { class: "note" }, `What this release writes to ${fileName} while it does all that.`),
    el(
      "pre",
      { class: "log", tabindex: 0, role: "region", "aria-label": "Log" },
      shown === "" ? "It logs nothing." : shown,
    ),
    ...(lines.length > shownLines ? [el("p", { class: "empty" }, `${lines.length - shownLines} more lines`)] : []),
  ];
}
