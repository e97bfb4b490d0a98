import type { Switches } from "../switches.js";
import type { EngineView, GenerationView, Outcome } from "../views.js";
import { byId, el } from "./dom.js";

/** Picks engine and generation, on a line from the oldest to the newest; each shows what it does to the packet. */
export class GenerationPicker {
  readonly #engines: readonly EngineView[];
  readonly #change: () => void;
  readonly #host = byId("generations");
  readonly #about = byId("about-generation");
  readonly #kubernetes = byId("kubernetes", "input");
  readonly #engine = byId("engine", "select");
  readonly #dots = new Map<string, HTMLElement>();
  #switches: Switches = {};

  constructor(engines: readonly EngineView[], change: () => void) {
    this.#engines = engines;
    this.#change = change;
    this.#engine.replaceChildren(...engines.map(({ id, title }) => el("option", { value: id }, title)));
    byId("engine-label").hidden = engines.length < 2;
    this.#engine.addEventListener("change", () => this.#pick({ engine: this.#engine.value }));
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

  get generations(): readonly GenerationView[] {
    return this.#current.generations;
  }

  /** What each generation does, in their order; undefined while that is not known. */
  showOutcome(id: string, outcome: Outcome | undefined): void {
    const dot = this.#dots.get(id);
    if (!dot) return;
    dot.className = `dot ${outcome?.verdict ?? "unknown"}`;
    const words = { allow: "passes", deny: "dropped", depends: "depends" };
    const said = outcome?.verdict && words[outcome.verdict];
    dot.replaceChildren(el("span", { class: "hidden" }, said === undefined ? "" : ` (packet ${said})`));
    dot.title = said === undefined ? "" : `the packet: ${said}; ${outcome?.rules} rules, ${outcome?.sets} sets`;
  }

  get #current(): EngineView {
    return this.#engines.find(({ id }) => id === this.#switches.engine) ?? this.#engines[0]!;
  }

  #pick(switches: Switches): void {
    this.switches = switches;
    this.#change();
  }

  #show(): void {
    const { id, generations, defaultGeneration } = this.#current;
    const picked = this.#switches.generation ?? defaultGeneration;
    this.#engine.value = id;
    if (this.#host.dataset["engine"] !== id) this.#build();
    for (const radio of this.#host.querySelectorAll("input")) {
      radio.checked = radio.value === picked;
      if (radio.checked) this.#host.scrollLeft = radio.parentElement!.offsetLeft - this.#host.clientWidth / 2;
    }
    const generation = generations.find((each) => each.id === picked)!;
    this.#about.replaceChildren(...describe(generation));
    this.#kubernetes.value = this.#switches.kubernetes ?? "";
    this.#kubernetes.placeholder = generation.kubernetes;
  }

  #build(): void {
    const { id, generations } = this.#current;
    this.#host.dataset["engine"] = id;
    this.#dots.clear();
    const labels = generations.map((generation) => {
      const dot = el("span", { class: "dot unknown" });
      this.#dots.set(generation.id, dot);
      const radio = el("input", { type: "radio", name: "generation", value: generation.id });
      radio.addEventListener("change", () => this.#pick({ ...this.#switches, generation: generation.id }));
      return el(
        "label",
        { class: "generation" },
        radio,
        dot,
        el("span", { class: "id" }, generation.id),
        el("span", { class: "since" }, monthOf(generation.from)),
      );
    });
    this.#host.replaceChildren(...labels);
  }
}

function describe({ releases, from, until, summary }: GenerationView): readonly (Node | string)[] {
  const time = until === undefined ? `since ${monthOf(from)}` : `${monthOf(from)} to ${monthOf(until)}`;
  return [el("b", {}, releases), `, ${time}: ${summary}`];
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `Jul 2018` of `2018-07-19`, `2018` of `2018`. */
function monthOf(day: string): string {
  const [year, month] = day.split("-");
  return month === undefined ? year! : `${months[Number(month) - 1]} ${year}`;
}
