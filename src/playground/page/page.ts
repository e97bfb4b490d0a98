import { lessons } from "../lesson.js";
import { App } from "./app.js";
import { say } from "./say.js";
import { Client } from "./client.js";
import { byId } from "./dom.js";
import { stateOf } from "./share.js";

const client = new Client(byId("worker").textContent);
const app = new App(client, await client.call("engines"));
await open();
window.addEventListener("hashchange", () => void open());
window.addEventListener("unhandledrejection", ({ reason }) => say(`That failed: ${(reason as Error).message}`));
document.documentElement.dataset["ready"] = "";

/** Shows what the link holds, or the first lesson. */
async function open(): Promise<void> {
  const fragment = location.hash.slice(1);
  if (fragment !== "") {
    try {
      return await app.show(await stateOf(fragment));
    } catch (error) {
      say(`The link cannot be read: ${(error as Error).message}.`);
    }
  }
  await app.start(lessons[0]!);
}
