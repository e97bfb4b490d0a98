import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Lines } from "../block.js";
import type { Problem } from "../views.js";

export interface EditorEvents {
  change(text: string): void;
  /** The pointer is over a line or the cursor is in it; 0 when neither is in the editor. */
  line(line: number): void;
}

/** The editor of the manifests. */
export class Editor {
  readonly #view: EditorView;

  constructor(host: HTMLElement, events: EditorEvents) {
    // In a shadow root CodeMirror's style sheets are constructed ones, which need no place in the page's security policy.
    const root = host.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({ extensions: [...extensions, watch(events)] }),
    });
    let hovered = 0;
    const hover = (line: number): void => {
      if (line !== hovered) events.line(line);
      hovered = line;
    };
    this.#view.scrollDOM.addEventListener("mousemove", ({ clientX, clientY }) => {
      const at = this.#view.posAtCoords({ x: clientX, y: clientY });
      if (at !== null) hover(this.#view.state.doc.lineAt(at).number);
    });
    this.#view.scrollDOM.addEventListener("mouseleave", () => hover(0));
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  set text(text: string) {
    if (text === this.text) return;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
    this.#view.scrollDOM.scrollTop = 0;
  }

  showProblems(problems: readonly Problem[]): void {
    const found = problems.flatMap((problem): Diagnostic[] => {
      if (problem.line === undefined || problem.column === undefined) return [];
      const { from, to, text } = this.#lineAt(problem.line);
      const start = Math.min(from + problem.column - 1, to);
      const word = /^[^\s:,\]}]+/.exec(text.slice(start - from))?.[0] ?? "";
      const { severity, message, fix, code } = problem;
      return [{ from: start, to: start + word.length, severity, message: `${message}\n${fix}`, source: code }];
    });
    this.#view.dispatch(setDiagnostics(this.#view.state, found));
  }

  /** Lights lines up; where `reveal`, scrolls to the first, the editor alone: on a phone the page would run away below the finger. */
  light(lines: readonly Lines[], reveal = false): void {
    const numbers = new Set<number>();
    for (const { line, lastLine } of lines) for (let at = line; at <= lastLine; at += 1) numbers.add(at);
    const starts = [...numbers].sort((a, b) => a - b).map((number) => this.#lineAt(number).from);
    this.#view.dispatch({ effects: setLit.of([...new Set(starts)]) });
    if (!reveal || starts[0] === undefined) return;
    const { scrollDOM } = this.#view;
    scrollDOM.scrollTop = this.#view.lineBlockAt(starts[0]).top - scrollDOM.clientHeight / 2;
  }

  /** Puts the cursor at the beginning of a line. */
  goTo(line: number): void {
    const anchor = this.#lineAt(line).from;
    this.#view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.#view.focus();
  }

  #lineAt(number: number): { readonly from: number; readonly to: number; readonly text: string } {
    const { doc } = this.#view.state;
    return doc.line(Math.min(Math.max(number, 1), doc.lines));
  }
}

function watch(events: EditorEvents): ReturnType<typeof EditorView.updateListener.of> {
  return EditorView.updateListener.of((update) => {
    if (update.docChanged) events.change(update.state.doc.toString());
    const line = update.state.doc.lineAt(update.state.selection.main.head).number;
    const moved = update.selectionSet && !update.docChanged;
    if ((moved || update.focusChanged) && update.view.hasFocus) events.line(line);
  });
}

const setLit = StateEffect.define<readonly number[]>();

const litLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lit, transaction) {
    let changed = lit.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setLit)) changed = Decoration.set(effect.value.map((from) => litLine.range(from)));
    }
    return changed;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const litLine = Decoration.line({ class: "lit" });

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--yaml-key)" },
  { tag: [tags.string, tags.content], color: "var(--yaml-text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.labelName, tags.typeName], color: "var(--yaml-word)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: "var(--soft)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "var(--code-size)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--selection)",
  },
  ".cm-line.lit": { backgroundColor: "var(--lit)", boxShadow: "inset 3px 0 var(--accent)" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    fontSize: "13px",
    maxWidth: "min(36em, 90vw)",
  },
  ".cm-diagnostic": { padding: "6px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnosticSource": { color: "var(--soft)", opacity: "1" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)" },
});

/** Text in the place of several lines. Chromium would join the lines itself and write inline styles for it, which the page's security policy
 *  refuses. */
const typeOver = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    if (inputType !== "insertText" || data === null || view.state.selection.main.empty || view.composing) return false;
    view.dispatch(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

const extensions = [
  typeOver,
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  history(),
  drawSelection(),
  bracketMatching(),
  yaml(),
  syntaxHighlighting(colours),
  lintGutter(),
  litLines,
  theme,
  // No key for Tab: it moves on, as in the rest of the page.
  keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
  EditorView.contentAttributes.of({ "aria-label": "Manifests (YAML)", spellcheck: "false", tabindex: "0" }),
];
