import type { Calls, Reply, Request } from "../protocol.js";
import { Session } from "./session.js";

/** The worker of the page: the compiler away from the thread that paints. Answers one request after the other. */

const port = self as unknown as {
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
  postMessage(reply: Reply): void;
};
const session: Calls = new Session();

port.addEventListener("message", ({ data: { id, name, parameters } }) => {
  port.postMessage(answer(id, name, parameters));
});

function answer(id: number, name: keyof Calls, parameters: readonly unknown[]): Reply {
  try {
    const call = session[name] as (...parameters: readonly unknown[]) => unknown;
    return { id, value: call.apply(session, [...parameters]) };
  } catch (error) {
    return { id, value: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}
