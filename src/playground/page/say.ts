import { byId } from "./dom.js";

/** A word to the user that goes after a while. */
export function say(text: string): void {
  const toast = byId("toast");
  toast.textContent = text;
  window.clearTimeout(Number(toast.dataset["timer"] ?? 0));
  toast.dataset["timer"] = `${window.setTimeout(() => (toast.textContent = ""), 6_000)}`;
}
