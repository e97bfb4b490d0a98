import type { Calls, Name, Reply, Request } from "../protocol.js";

/** Longer than any manifest that people edit by hand takes; what goes on longer is stopped. */
const patience = 10_000;

interface Waiting {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The compiler, in a worker. One call is out at a time, so that one that hangs can be stopped and the others still be answered. */
export class Client {
  readonly #source: string;
  #worker: Worker;
  #queue: Waiting[] = [];
  #out: Waiting | undefined;
  #timer = 0;
  #last = 0;

  /** `source` is the text of the worker's program. */
  constructor(source: string) {
    this.#source = source;
    this.#worker = this.#start();
  }

  call<N extends Name>(name: N, ...parameters: Parameters<Calls[N]>): Promise<ReturnType<Calls[N]>> {
    return new Promise((resolve, reject) => {
      this.#last += 1;
      const request = { id: this.#last, name, parameters };
      this.#queue.push({ request, resolve: resolve as (value: unknown) => void, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#out) return;
    this.#out = this.#queue.shift();
    if (!this.#out) return;
    this.#timer = window.setTimeout(() => this.#giveUp(), patience);
    this.#worker.postMessage(this.#out.request, []);
  }

  #answer({ id, value, error }: Reply): void {
    if (this.#out?.request.id !== id) return;
    const { resolve, reject } = this.#out;
    window.clearTimeout(this.#timer);
    this.#out = undefined;
    if (error === undefined) resolve(value);
    else reject(new Error(error));
    this.#next();
  }

  #giveUp(): void {
    this.#worker.terminate();
    this.#worker = this.#start();
    this.#out?.reject(
      new Error(`no answer within ${patience / 1000} seconds: the manifests are too large for this page`),
    );
    this.#out = undefined;
    this.#next();
  }

  #start(): Worker {
    const url = URL.createObjectURL(new Blob([this.#source], { type: "text/javascript" }));
    const worker = new Worker(trusted(url));
    URL.revokeObjectURL(url);
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.#answer(data));
    return worker;
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

/** The page's security policy takes no text for a script's address; browsers without trusted types take it as it is. */
const policy = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("anpm", {
  createScriptURL: (url) => url,
});

function trusted(url: string): string {
  return policy?.createScriptURL(url) ?? url;
}
