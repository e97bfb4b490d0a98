import type { Lesson, Question } from "../lesson.js";
import type { WrittenPacket } from "../switches.js";
import type { Verdict } from "../views.js";
import { button, el } from "./dom.js";
import type { EngineOutcome } from "./generation-picker.js";

export interface LessonCard {
  readonly elements: readonly HTMLElement[];
  /** Takes the answers back, for things are not as they were: each question can be guessed anew. */
  forget(): void;
}

export interface LessonEvents {
  /** What the rules do to a packet, as the manifests stand now; undefined when that cannot be said. */
  verdictOf(packet: WrittenPacket): Promise<Verdict | undefined>;
  isChanged(): boolean;
  /** What the engines that the lesson compares do to a packet. */
  outcomesOf(packet: WrittenPacket): Promise<readonly EngineOutcome[]>;
  watch(packet: WrittenPacket): void;
  reset(): void;
}

/** A lesson: what it is about, and its questions one after the other, each to be guessed before it is answered. */
export function lessonCard(lesson: Lesson, events: LessonEvents): LessonCard {
  const questions: readonly HTMLElement[] = lesson.questions.map((question, index): HTMLElement => {
    const title = `Question ${index + 1} of ${lesson.questions.length}`;
    return showQuestion(title, question, events, () => questions[index + 1]);
  });
  for (const later of questions.slice(1)) later.hidden = true;
  return {
    elements: [...lesson.text.map((paragraph) => el("p", {}, paragraph)), ...questions],
    forget() {
      for (const question of questions) {
        question.querySelector(".answer")!.replaceChildren();
        for (const guess of question.querySelectorAll(".guess")) guess.setAttribute("aria-pressed", "false");
      }
    },
  };
}

function showQuestion(
  title: string,
  question: Question,
  events: LessonEvents,
  next: () => HTMLElement | undefined,
): HTMLElement {
  const answer = el("div", { class: "answer", "aria-live": "polite" });
  const guesses = (["allow", "deny"] as const).map((guess) =>
    button(guess === "allow" ? "It passes" : "It is dropped", { class: "guess", "aria-pressed": "false" }, () => {
      for (const each of guesses) each.setAttribute("aria-pressed", `${each === guesses[guess === "allow" ? 0 : 1]}`);
      void reveal(guess);
    }),
  );
  const reveal = async (guess: "allow" | "deny"): Promise<void> => {
    const verdict = await events.verdictOf(question);
    const back = button("Start the lesson again", {}, () => events.reset());
    if (!verdict) {
      const text = "The rules cannot be asked as things stand: mend the manifests first.";
      return answer.replaceChildren(el("p", {}, text), el("p", { class: "more" }, back));
    }
    const isRight = verdict === guess;
    const words = { allow: "it passes", deny: "it is dropped", depends: "that depends" };
    const watch = button("Watch the packet", { class: "primary" }, () => events.watch(question));
    const parts: HTMLElement[] = [
      el(
        "p",
        { class: isRight ? "good" : "bad" },
        el("strong", {}, isRight ? "Right" : "Not quite"),
        `: ${words[verdict]}.`,
      ),
    ];
    const following = next();
    const onward = following?.hidden
      ? [
          button("Next question", {}, () => {
            following.hidden = false;
            following.scrollIntoView({ block: "nearest" });
            following.querySelector("button")?.focus();
          }),
        ]
      : [];
    if (events.isChanged()) {
      parts.push(
        el("p", {}, "So it is with the manifests and the generation as they stand now."),
        el("p", { class: "more" }, watch, ...onward, back),
      );
    } else {
      parts.push(el("p", {}, question.because));
      if (question.spec) {
        const specified = question.spec === "allow" ? "it should pass" : "it should be dropped";
        parts.push(el("p", { class: "trap" }, el("strong", {}, "Kubernetes specifies otherwise"), `: ${specified}.`));
      }
      parts.push(...(await compare(question, events)), ...others(question));
      parts.push(el("p", { class: "more" }, watch, ...onward));
    }
    answer.replaceChildren(...parts);
    answer.scrollIntoView({ block: "nearest" });
  };
  return el(
    "section",
    { class: "question" },
    el("h3", {}, title),
    el("p", { class: "ask" }, question.ask),
    el("div", { class: "guesses", role: "group", "aria-label": "Your guess" }, ...guesses),
    answer,
  );
}

/** Which generations do otherwise, some of them by name. */
function others({ rules, otherwise = [] }: Question): readonly HTMLElement[] {
  if (otherwise.length === 0) return [];
  const names = otherwise.length > 3 ? [...otherwise.slice(0, 2), `${otherwise.length - 2} more`] : otherwise;
  const listed = [names.slice(0, -1).join(", "), names.at(-1)!].filter((text) => text !== "").join(" and ");
  const does = rules === "allow" ? "It is dropped" : "It passes";
  const one = otherwise.length === 1 ? "it" : "one";
  return [el("p", { class: "others" }, `${does} in ${listed}. Pick ${one} above and watch the packet to see why.`)];
}

/** Side by side, what each engine does and what it takes for that; nothing where one alone is meant. */
async function compare(question: Question, events: LessonEvents): Promise<readonly HTMLElement[]> {
  const outcomes = await events.outcomesOf(question);
  if (outcomes.length === 0) return [];
  const words = { allow: "it passes", deny: "it is dropped", depends: "that depends" };
  const cells = outcomes.map(({ title, outcome: { verdict, rules, sets } }) =>
    el(
      "li",
      {},
      el("strong", {}, title),
      `: ${verdict ? words[verdict] : "not known"}, by ${rules ?? 0} rules and ${sets ?? 0} sets`,
    ),
  );
  return [el("ul", { class: "engines", "aria-label": "Both engines" }, ...cells)];
}
