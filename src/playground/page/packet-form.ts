import type { WrittenPacket } from "../switches.js";
import { el } from "./dom.js";

/** Asks for a packet: who sends it, to whom, to which port. */
export class PacketForm {
  readonly element: HTMLFormElement;
  readonly #from = field("from", "a pod or an address", "ends");
  readonly #to = field("to", "a pod or an address", "ends");
  readonly #port = field("port", "80, 53/udp, http");
  readonly #ends = el("datalist", { id: "ends" });

  constructor(send: () => void) {
    this.element = el(
      "form",
      { class: "packet-form", "aria-label": "Packet" },
      el("label", {}, "From", this.#from),
      el("label", {}, "To", this.#to),
      el("label", { class: "short" }, "Port", this.#port),
      el("button", { type: "submit", class: "primary" }, "Send"),
      this.#ends,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
  }

  get packet(): WrittenPacket {
    return { from: this.#from.value.trim(), to: this.#to.value.trim(), port: this.#port.value.trim() || "any" };
  }

  set packet({ from, to, port }: WrittenPacket) {
    [this.#from.value, this.#to.value, this.#port.value] = [from, to, port];
  }

  /** Names to choose from; where nothing is written yet, the first two are taken. */
  offer(names: readonly string[]): void {
    this.#ends.replaceChildren(...names.slice(0, 200).map((value) => el("option", { value })));
    if (this.#from.value === "") this.#from.value = names[0] ?? "";
    if (this.#to.value === "") this.#to.value = names[1] ?? "";
    if (this.#port.value === "") this.#port.value = "80";
  }
}

function field(name: string, placeholder: string, list?: string): HTMLInputElement {
  return el("input", {
    name,
    placeholder,
    required: name !== "port",
    maxlength: 300,
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "none",
    list,
  });
}
