import { lessons, type Lesson } from "../lesson.js";
import type { WrittenPacket } from "../switches.js";
import type { Compiled, CompiledResult, ExplainedLine, Linked, PolicyView, Verdict } from "../views.js";
import type { Client } from "./client.js";
import { button, byId, el } from "./dom.js";
import { Editor } from "./editor.js";
import { Explained } from "./explained.js";
import { GenerationPicker } from "./generation-picker.js";
import { itemsOf, withOrigins } from "./items.js";
import { lessonCard, type LessonCard } from "./lesson-card.js";
import { lightOfId, lightOfLine, noLight, type Light } from "./links.js";
import { PacketForm } from "./packet-form.js";
import { logPanel } from "./panels/log.js";
import { matrixPanel } from "./panels/matrix.js";
import { pairsPanel } from "./panels/pairs.js";
import { rulesPanel } from "./panels/rules.js";
import { setsPanel } from "./panels/sets.js";
import { announce, WalkPlayer } from "./panels/walk.js";
import { showProblems } from "./problems.js";
import { enterRows, lacking, lightRows, watchRows, type Board } from "./rows.js";
import { say } from "./say.js";
import { fragmentOf } from "./share.js";
import { maxTextLength, type State, type TabName } from "./state.js";
import { Tabs } from "./tabs.js";
import type { EngineView } from "../views.js";

/** How long nobody types before what takes longer is asked: exact origins, the other generations. */
const calm = 400;

/** The page: manifests on the one side, what becomes of them on the other. */
export class App {
  readonly #client: Client;
  readonly #editor: Editor;
  readonly #picker: GenerationPicker;
  readonly #tabs: Tabs;
  readonly #form: PacketForm;
  readonly #walk = el("div");
  readonly #announcement = el("p", { class: "hidden", role: "status" });
  readonly #board: Board = {
    point: (id) => {
      this.#light(id === undefined ? noLight : lightOfId(id, this.#items), "panel");
      if (id !== undefined) void this.#explained.show({ id });
    },
    goTo: (line) => this.#editor.goTo(line),
  };
  readonly #explained = new Explained((asked) => this.#explain(asked), this.#board);
  #lesson: Lesson | undefined;
  #card: LessonCard | undefined;
  #result: CompiledResult | undefined;
  #policies: readonly PolicyView[] = [];
  #items: readonly Linked[] = [];
  #lit: Light = noLight;
  #player: WalkPlayer | undefined;
  /** Counts compilations; panels made for an earlier one are out of date. */
  #edition = 0;
  /** The one whose origins are known exactly. */
  #exactEdition = 0;
  /** When somebody typed last. */
  #typed = -Infinity;
  readonly #shown = new Map<TabName, number>();
  /** Whether the packet was sent: before, nothing tells what becomes of it, for a lesson asks that. */
  #isSent = false;
  /** Whether a question of the lesson was answered: before, no warning gives the answer away. */
  #isAnswered = false;
  #compiled: Compiled | undefined;
  #isCompiling = false;
  #isStale = false;
  #calmTimer = 0;

  constructor(client: Client, engines: readonly EngineView[]) {
    this.#client = client;
    this.#editor = new Editor(byId("editor"), {
      change: () => {
        this.#typed = performance.now();
        void this.#compile();
      },
      line: (line) => {
        this.#light(line === 0 ? noLight : lightOfLine(this.#editor.text, line, this.#items), "editor");
        if (line === 0) return;
        if (this.#isGuessing) this.#explained.hint("What this line means is said here once you have answered.");
        else void this.#explained.show({ line });
      },
    });
    this.#picker = new GenerationPicker(engines, () => void this.#compile());
    this.#form = new PacketForm(() => void this.#send());
    this.#tabs = new Tabs((name) => this.#pick(name));
    for (const panel of Object.values(this.#tabs.panels)) watchRows(panel, this.#board);
    this.#tabs.panels.path.append(this.#form.element, this.#announcement, this.#walk);
    this.#chooseLessons();
    this.#offerFiles();
  }

  async show(state: State): Promise<void> {
    this.#showLesson(lessons.find(({ id }) => id === state.lesson));
    this.#picker.switches = state.switches;
    this.#form.packet = state.packet;
    this.#isSent = this.#isAnswered = this.#lesson === undefined;
    this.#walk.replaceChildren();
    this.#picker.forgetOutcomes();
    this.#editor.text = state.text;
    this.#typed = -Infinity;
    this.#tabs.show(state.tab);
    await this.#compile();
  }

  async start(lesson: Lesson): Promise<void> {
    const { from, to, port } = lesson.questions[0]!;
    const { generation, kubernetes } = lesson;
    await this.show({
      text: lesson.manifests,
      lesson: lesson.id,
      switches: { ...(generation !== undefined && { generation }), ...(kubernetes !== undefined && { kubernetes }) },
      packet: { from, to, port },
      tab: this.#tabs.picked === "path" ? "rules" : this.#tabs.picked,
    });
  }

  get #state(): State {
    return {
      text: this.#editor.text,
      lesson: this.#lesson?.id ?? "",
      switches: this.#picker.switches,
      packet: this.#form.packet,
      tab: this.#tabs.picked,
    };
  }

  /** Compiles what stands in the editor; while the worker is at it, only the newest text waits. */
  async #compile(): Promise<void> {
    this.#card?.forget();
    this.#explained.hint();
    if (this.#isCompiling) return void (this.#isStale = true);
    this.#isCompiling = true;
    do {
      this.#isStale = false;
      try {
        this.#take(await this.#client.call("compile", this.#editor.text, this.#picker.switches));
      } catch (error) {
        this.#fail(error);
      }
    } while (this.#isStale);
    this.#isCompiling = false;
    await this.#refresh();
    window.clearTimeout(this.#calmTimer);
    this.#calmTimer = window.setTimeout(() => void this.#whenCalm(), calm + 1);
  }

  async #whenCalm(): Promise<void> {
    await this.#refresh();
    await this.#askGenerations();
  }

  #take(compiled: Compiled): void {
    this.#edition += 1;
    this.#compiled = compiled;
    this.#tell();
    document.body.classList.toggle("broken", !compiled.result);
    byId("status").dataset["milliseconds"] = compiled.milliseconds.toFixed(1);
    if (!compiled.result) return;
    this.#result = compiled.result;
    this.#policies = [];
    this.#items = itemsOf(this.#result, this.#policies);
    this.#form.offer(this.#result.pods);
  }

  #tell(): void {
    if (!this.#compiled) return;
    const { problems } = this.#compiled;
    const told = this.#isGuessing ? problems.filter(({ severity }) => severity === "error") : problems;
    this.#editor.showProblems(told);
    showProblems({ ...this.#compiled, problems: told }, this.#board);
  }

  /** A question of the lesson is open, and nothing should give its answer away. */
  get #isGuessing(): boolean {
    return this.#lesson !== undefined && !this.#isAnswered && !this.#isChanged(this.#lesson);
  }

  #fail(error: unknown): void {
    byId("status").textContent = `The compiler stopped: ${error instanceof Error ? error.message : String(error)}`;
  }

  /** Makes the panel that is shown, when it is out of date. */
  async #refresh(): Promise<void> {
    const [name, edition] = [this.#tabs.picked, this.#edition];
    let result = this.#result;
    if (!result || document.body.classList.contains("broken")) return;
    if (this.#policies.length === 0) {
      this.#policies = (await this.#client.call("pairs")) ?? [];
      this.#items = itemsOf(result, this.#policies);
    }
    // Who types on is not made to wait for this.
    if (this.#exactEdition !== edition && performance.now() - this.#typed > calm) {
      const origins = await this.#client.call("origins");
      if (edition !== this.#edition) return;
      this.#exactEdition = edition;
      this.#result = result = withOrigins(result, origins);
      this.#items = itemsOf(result, this.#policies);
      for (const tab of ["pairs", "rules", "sets"] as const) this.#shown.delete(tab);
    }
    if (this.#shown.get(name) === edition || edition !== this.#edition) return;
    const panel = this.#tabs.panels[name];
    if (name === "path") {
      if (this.#isSent) await this.#send(false);
    } else {
      const made = await this.#make(name, result);
      if (edition !== this.#edition || name !== this.#tabs.picked) return;
      const { scrollTop } = panel;
      panel.replaceChildren(...made);
      panel.scrollTop = scrollTop;
      enterRows(panel);
      lightRows(panel, this.#lit, false);
    }
    this.#shown.set(name, edition);
  }

  async #make(name: Exclude<TabName, "path">, { chains, sets }: CompiledResult): Promise<readonly HTMLElement[]> {
    switch (name) {
      case "pairs":
        return pairsPanel(this.#policies, this.#board);
      case "rules":
        return rulesPanel(chains, this.#board);
      case "sets":
        return setsPanel(sets, this.#board);
      case "log": {
        const log = await this.#client.call("output", "log");
        return log ? logPanel(log.fileName, log.text) : [lacking("log")];
      }
      case "matrix": {
        const matrix = await this.#client.call("matrix");
        return matrix
          ? matrixPanel(matrix, (from, to) => void this.#watch({ ...this.#form.packet, from, to }))
          : [lacking("matrix")];
      }
    }
  }

  async #explain(asked: { readonly id: string } | { readonly line: number }): Promise<readonly ExplainedLine[]> {
    if (document.body.classList.contains("broken")) return [];
    const asks = this.#client.call("explained", asked);
    // Pairs are no things of their own there; what there is to say stands at their line.
    const cause = "id" in asked ? this.#items.find(({ id }) => id === asked.id)?.cause : undefined;
    const found = await asks;
    const lines =
      found.length === 0 && cause?.kind === "place"
        ? await this.#client.call("explained", { line: cause.line })
        : found;
    return this.#isGuessing ? lines.filter(({ kind }) => kind !== "trap") : lines;
  }

  #pick(name: TabName): void {
    this.#player?.stop();
    this.#tabs.show(name);
    void this.#refresh();
  }

  /** The side that people point at stays where it is, the other one scrolls. */
  #light(light: Light, pointedAt: "editor" | "panel"): void {
    this.#lit = light;
    this.#editor.light(light.lines, pointedAt === "panel");
    for (const panel of Object.values(this.#tabs.panels)) lightRows(panel, light, pointedAt === "editor");
    const all = [...light.ids, ...light.near];
    const countOf = (...kinds: readonly string[]): number =>
      all.filter((id) => kinds.includes(id.slice(0, id.indexOf(" ")))).length;
    this.#tabs.count("pairs", countOf("policy", "pairs"));
    this.#tabs.count("rules", countOf("rule", "chain"));
    this.#tabs.count("sets", countOf("set"));
  }

  /** Walks the packet of the form through the rules. */
  async #send(plays = true): Promise<void> {
    this.#player?.stop();
    this.#player = undefined;
    this.#isSent = true;
    this.#answered();
    const packet = this.#form.packet;
    if (packet.from === "" || packet.to === "") return;
    const view = await this.#client.call("walk", packet);
    if (!view) return this.#walk.replaceChildren(lacking("packet path"));
    const problems = view.problems.map(({ severity, message, fix }) =>
      el("p", { class: `problem ${severity}` }, el("b", {}, message), ` ${fix}`),
    );
    if (!view.walk) return this.#walk.replaceChildren(...problems);
    this.#player = new WalkPlayer(view.walk, this.#board);
    this.#walk.replaceChildren(...problems, ...this.#player.elements);
    this.#announcement.textContent = announce(view.walk);
    if (plays) {
      this.#picker.forgetOutcomes();
      this.#player.play();
      void this.#askGenerations();
    } else this.#player.showEnd();
  }

  async #watch(packet: WrittenPacket): Promise<void> {
    const { from, to, port } = packet;
    this.#form.packet = { from, to, port };
    this.#shown.set("path", this.#edition);
    this.#pick("path");
    byId("tabs").scrollIntoView({ block: "start" });
    await this.#send();
  }

  /** What each generation does to the packet, one after the other, so that typing never waits for more than one. */
  async #askGenerations(): Promise<void> {
    if (!this.#isSent) return;
    const edition = this.#edition;
    const { text, switches, packet } = this.#state;
    const { kubernetes } = switches;
    for (const choice of this.#picker.choices) {
      if (edition !== this.#edition) return;
      const its = { ...this.#picker.switchesFor(choice), ...(kubernetes !== undefined && { kubernetes }) };
      try {
        this.#picker.showOutcome(choice, await this.#client.call("outcome", text, its, packet));
      } catch {
        this.#picker.showOutcome(choice, undefined);
      }
    }
  }

  #chooseLessons(): void {
    const select = byId("lessons", "select");
    select.replaceChildren(
      ...lessons.map(({ id, title }, index) => el("option", { value: id }, `${index + 1}. ${title}`)),
      el("option", { value: "" }, "No lesson, my own manifests"),
    );
    select.addEventListener("change", () => {
      const lesson = lessons.find(({ id }) => id === select.value);
      if (lesson) void this.start(lesson);
      else this.#showLesson(undefined);
    });
  }

  #showLesson(lesson: Lesson | undefined): void {
    this.#lesson = lesson;
    byId("lessons", "select").value = lesson?.id ?? "";
    byId("lesson").hidden = !lesson;
    this.#card = undefined;
    if (!lesson) return;
    const at = lessons.indexOf(lesson);
    const step = (label: string, to: Lesson | undefined): readonly HTMLElement[] =>
      to ? [button(label, {}, () => void this.start(to))] : [];
    this.#card = lessonCard(lesson, {
      verdictOf: (packet) => this.#verdictOf(packet),
      isChanged: () => this.#isChanged(lesson),
      outcomesOf: (packet) =>
        this.#picker.outcomesOf(lesson.engines ?? [], (its) =>
          this.#client.call("outcome", this.#editor.text, its, packet),
        ),
      watch: (packet) => void this.#watch(packet),
      reset: () => void this.start(lesson),
    });
    byId("lesson").replaceChildren(
      el(
        "div",
        { class: "kicker" },
        el("span", {}, `Lesson ${at + 1} of ${lessons.length}`),
        el(
          "nav",
          { class: "steps", "aria-label": "Lessons" },
          ...step("← back", lessons[at - 1]),
          ...step("next lesson →", lessons[at + 1]),
        ),
      ),
      el("h2", {}, lesson.title),
      ...this.#card.elements,
    );
    byId("lesson").scrollTop = 0;
  }

  #isChanged({ manifests, generation, kubernetes, engines = [] }: Lesson): boolean {
    const { switches } = this.#picker;
    const isMeant = switches.engine === undefined || engines.includes(switches.engine);
    const asGiven = switches.generation === generation && switches.kubernetes === kubernetes && isMeant;
    return this.#editor.text !== manifests || !asGiven;
  }

  #answered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#tell();
  }

  async #verdictOf({ from, to, port }: WrittenPacket): Promise<Verdict | undefined> {
    this.#answered();
    return (await this.#client.call("walk", { from, to, port }))?.walk?.verdict;
  }

  #offerFiles(): void {
    for (const output of ["script", "undo"])
      byId(`download-${output}`).addEventListener("click", () => void this.#download(output));
    byId("share").addEventListener("click", () => void this.#share());
  }

  async #download(output: string): Promise<void> {
    const file = await this.#client.call("output", output);
    if (!file) return say("Mend the manifests first.");
    const url = URL.createObjectURL(new Blob([file.text], { type: "text/x-shellscript" }));
    el("a", { href: url, download: file.fileName }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
    say(`${file.fileName} is downloaded.`);
  }

  async #share(): Promise<void> {
    if (this.#editor.text.length > maxTextLength) return say("These manifests are too large for a link.");
    history.replaceState(null, "", `#${await fragmentOf(this.#state)}`);
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link is copied. It holds everything; nothing is stored anywhere.");
    } catch {
      say("The link is in the address bar. It holds everything; nothing is stored anywhere.");
    }
  }
}
