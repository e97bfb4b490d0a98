import { button, byId, el } from "./dom.js";
import { tabNames, type TabName } from "./state.js";

const labels: Readonly<Record<TabName, string>> = {
  pairs: "Pairs",
  rules: "Rules",
  sets: "Sets",
  log: "Log",
  matrix: "Matrix",
  path: "Packet path",
};

/** The tabs, as the ARIA practices have them: arrow keys move, the picked one is where the Tab key comes in. */
export class Tabs {
  readonly panels: Readonly<Record<TabName, HTMLElement>>;
  readonly #buttons: Readonly<Record<TabName, HTMLButtonElement>>;
  readonly #counts: Readonly<Record<TabName, HTMLElement>>;
  #picked: TabName = "pairs";

  constructor(pick: (name: TabName) => void) {
    const each = <T>(make: (name: TabName) => T): Readonly<Record<TabName, T>> =>
      Object.fromEntries(tabNames.map((name) => [name, make(name)])) as Record<TabName, T>;
    this.#counts = each(() => el("span", { class: "count", "aria-hidden": "true" }));
    this.#buttons = each((name) => {
      const tab = button(
        labels[name],
        { role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, "aria-selected": "false" },
        () => pick(name),
      );
      tab.append(this.#counts[name]);
      return tab;
    });
    this.panels = each((name) =>
      el("div", {
        role: "tabpanel",
        id: `panel-${name}`,
        class: "panel",
        "aria-labelledby": `tab-${name}`,
        tabindex: 0,
      }),
    );
    const list = byId("tabs");
    list.replaceChildren(...Object.values(this.#buttons));
    list.addEventListener("keydown", (event) => {
      const at = tabNames.indexOf(this.#picked);
      const last = tabNames.length - 1;
      const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
        event.key
      ];
      if (to === undefined) return;
      event.preventDefault();
      pick(tabNames[to]!);
      this.#buttons[tabNames[to]!].focus();
    });
    byId("panels").replaceChildren(...Object.values(this.panels));
  }

  get picked(): TabName {
    return this.#picked;
  }

  show(picked: TabName): void {
    this.#picked = picked;
    for (const name of tabNames) {
      this.#buttons[name].setAttribute("aria-selected", `${name === picked}`);
      this.#buttons[name].tabIndex = name === picked ? 0 : -1;
      this.panels[name].hidden = name !== picked;
    }
  }

  /** How many things of a tab are lit up. */
  count(name: TabName, lit: number): void {
    this.#counts[name].textContent = lit === 0 ? "" : `${lit}`;
  }
}
