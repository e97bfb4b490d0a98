import type { Switches } from "../switches.js";
import type { EngineView, GenerationView, Outcome } from "../views.js";
import { byId, el } from "./dom.js";

/** A generation of an engine. */
export interface Choice {
  readonly engine: EngineView;
  readonly generation: GenerationView;
}

export interface EngineOutcome {
  /** `Azure NPM` */
  readonly title: string;
  readonly outcome: Outcome;
}

/** Picks engine and generation, on a line for each engine from the oldest to the newest; each shows what it does to the packet. */
export class GenerationPicker {
  readonly #engines: readonly EngineView[];
  readonly #change: () => void;
  readonly #host = byId("generations");
  readonly #about = byId("about-generation");
  readonly #kubernetes = byId("kubernetes", "input");
  readonly #legend = byId("outcomes");
  readonly #radios = new Map<string, HTMLInputElement>();
  #switches: Switches = {};

  constructor(engines: readonly EngineView[], change: () => void) {
    this.#engines = engines;
    this.#change = change;
    this.#host.replaceChildren(...engines.map((engine) => this.#row(engine)));
    this.#kubernetes.addEventListener("change", () => {
      const { kubernetes: _, ...others } = this.#switches;
      const written = this.#kubernetes.value.trim();
      this.#pick(written === "" ? others : { ...others, kubernetes: written });
    });
  }

  get switches(): Switches {
    return this.#switches;
  }

  /** What does not exist is left out, and so is what is meant anyway. */
  set switches({ engine, generation, kubernetes }: Switches) {
    const [usual] = this.#engines;
    const picked = this.#engines.find(({ id }) => id === engine) ?? usual!;
    const isOffered = picked.generations.some(({ id }) => id === generation);
    this.#switches = {
      ...(picked !== usual && { engine: picked.id }),
      ...(isOffered && generation !== picked.defaultGeneration && { generation: generation! }),
      ...(kubernetes !== undefined && { kubernetes }),
    };
    this.#show();
  }

  /** Those of the picked engine first. */
  get choices(): readonly Choice[] {
    const picked = this.#current;
    const engines = [picked, ...this.#engines.filter((engine) => engine !== picked)];
    return engines.flatMap((engine) => engine.generations.map((generation) => ({ engine, generation })));
  }

  /** The engine, and the generation where it is not the usual one. */
  switchesFor({ engine, generation }: Choice): Switches {
    return {
      ...(engine !== this.#engines[0] && { engine: engine.id }),
      ...(generation.id !== engine.defaultGeneration && { generation: generation.id }),
    };
  }

  /** What engines do in their usual generations, by their titles. */
  async outcomesOf(
    engines: readonly string[],
    ask: (switches: Switches) => Promise<Outcome>,
  ): Promise<readonly EngineOutcome[]> {
    const found: EngineOutcome[] = [];
    for (const engine of this.#engines) {
      if (!engines.includes(engine.id)) continue;
      const generation = engine.generations.find(({ id }) => id === engine.defaultGeneration)!;
      found.push({ title: engine.title, outcome: await ask(this.switchesFor({ engine, generation })) });
    }
    return found;
  }

  forgetOutcomes(): void {
    for (const choice of this.choices) this.showOutcome(choice, undefined);
  }

  /** What a generation does; undefined while that is not known. */
  showOutcome(choice: Choice, outcome: Outcome | undefined): void {
    const radio = this.#radios.get(keyOf(choice));
    const dot = radio?.parentElement?.querySelector<HTMLElement>(".dot");
    if (!radio || !dot) return;
    dot.className = `dot ${outcome?.verdict ?? "unknown"}`;
    const words = { allow: "the packet passes", deny: "the packet is dropped", depends: "the packet may pass or not" };
    const said = outcome?.verdict && words[outcome.verdict];
    dot.title = said === undefined ? "" : `${said}; ${outcome?.rules} rules, ${outcome?.sets} sets`;
    radio.setAttribute("aria-label", nameOf(choice) + (said === undefined ? "" : `, ${said}`));
    this.#legend.hidden = this.#host.querySelector(".dot:not(.unknown)") === null;
  }

  get #current(): EngineView {
    return this.#engines.find(({ id }) => id === this.#switches.engine) ?? this.#engines[0]!;
  }

  #pick(switches: Switches): void {
    this.switches = switches;
    this.#change();
  }

  #show(): void {
    const engine = this.#current;
    const picked = this.#switches.generation ?? engine.defaultGeneration;
    const generation = engine.generations.find((each) => each.id === picked)!;
    for (const radio of this.#host.querySelectorAll("input")) {
      radio.checked = radio.dataset["engine"] === engine.id && radio.value === picked;
      const row = radio.closest<HTMLElement>(".line")!;
      if (radio.checked) row.scrollLeft = radio.parentElement!.offsetLeft - row.clientWidth / 2;
    }
    this.#about.replaceChildren(...describe(engine, generation));
    this.#kubernetes.value = this.#switches.kubernetes ?? "";
    this.#kubernetes.placeholder = generation.kubernetes;
  }

  #row(engine: EngineView): HTMLElement {
    const labels = engine.generations.map((generation) => {
      const choice = { engine, generation };
      const radio = el("input", {
        type: "radio",
        name: "generation",
        value: generation.id,
        "data-engine": engine.id,
        "aria-label": nameOf(choice),
      });
      this.#radios.set(keyOf(choice), radio);
      radio.addEventListener("change", () => {
        const { kubernetes } = this.#switches;
        this.#pick({ ...this.switchesFor(choice), ...(kubernetes !== undefined && { kubernetes }) });
      });
      return el(
        "label",
        { class: "generation" },
        radio,
        el("span", { class: "dot unknown" }),
        el("span", { class: "id" }, generation.id),
        el("span", { class: "since" }, monthOf(generation.from)),
      );
    });
    return el(
      "div",
      { class: "engine" },
      el("span", { class: "title" }, engine.title),
      el("div", { class: "line" }, ...labels),
    );
  }
}

function nameOf({ engine, generation }: Choice): string {
  return `${engine.title} ${generation.id}`;
}

function keyOf({ engine, generation }: Choice): string {
  return `${engine.id} ${generation.id}`;
}

function describe(
  { title }: EngineView,
  { releases, from, until, summary }: GenerationView,
): readonly (Node | string)[] {
  const time = until === undefined ? `since ${monthOf(from)}` : `${monthOf(from)} to ${monthOf(until)}`;
  return [el("b", {}, `${title} ${releases}`), `, ${time}: ${summary}`];
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `Jul 2018` of `2018-07-19`, `2018` of `2018`. */
function monthOf(day: string): string {
  const [year, month] = day.split("-");
  return month === undefined ? year! : `${months[Number(month) - 1]} ${year}`;
}
