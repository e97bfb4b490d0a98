import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { diagnostic } from "../compiler/index.js";
import { Failure } from "./failure.js";

/** A page that is served to this machine only. */
export interface ServedPage {
  /** `http://localhost:4180/` */
  readonly url: string;
  /** Ends when the server has stopped. */
  stop(): Promise<void>;
}

/**
 * Serves a page at `/`, on the loopback address. Requests must name it as their host: a page of somebody else's, whose name was made to
 * mean this machine (DNS rebinding), is refused. `port` 0 takes one that is free.
 */
export async function servePage(page: string, port: number): Promise<ServedPage> {
  const headers = headersOf(page);
  const hosts = new Set<string>();
  const server = createServer((request, response) => answer(request, response, page, headers, hosts));
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
    hosts.add(`${name}:${bound}`);
    if (bound === 80) hosts.add(name);
  }
  return {
    url: `http://localhost:${bound}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  page: string,
  headers: Readonly<Record<string, string>>,
  hosts: ReadonlySet<string>,
): void {
  const refuse = (status: number, reason: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { ...headers, ...more, "Content-Type": "text/plain; charset=utf-8" });
    response.end(`${reason}\n`);
  };
  const path = request.url?.split(/[?#]/)[0];
  if (!hosts.has(request.headers.host ?? "")) return refuse(403, "This page is for this machine, under its own name.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(405, "There is nothing here to change.", { Allow: "GET, HEAD" });
  }
  if (path !== "/") return refuse(404, "There is one page here, at /.");
  response.writeHead(200, { ...headers, "Content-Length": `${Buffer.byteLength(page)}` });
  response.end(request.method === "HEAD" ? undefined : page);
}

function headersOf(page: string): Readonly<Record<string, string>> {
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)?.[1];
  if (policy === undefined) throw new Error("the page has no security policy");
  return {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `${policy}; frame-ancestors 'none'`,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", ({ code, message }: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = {
        EADDRINUSE: "another program has it",
        EACCES: "permission denied",
      };
      const reason = (code === undefined ? undefined : reasons[code]) ?? message;
      reject(new Failure([diagnostic("cannot-listen", { port, reason })]));
    });
    server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
  });
}
