import { execa } from "execa";
import { once } from "node:events";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { anpm, emptyFolder } from "./anpm.js";

const page = await readFile("dist/playground.html", "utf8");

test("it serves the page at the address that it prints, with a strict security policy", async () => {
  const { url } = await start();
  const { status, headers, body } = await ask(url);
  expect(status).toBe(200);
  expect(body).toBe(page);
  expect(headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  });
  const policy = headers["content-security-policy"];
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; worker-src blob:;/,
  );
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test("HEAD has no body; other methods, paths and hosts are refused", async () => {
  const { url } = await start();
  expect(await ask(url, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  expect(await ask(url, { method: "POST" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  expect(await ask(new URL("/etc/passwd", url).href)).toMatchObject({ status: 404 });
  expect(await ask(`${url}?a=1`)).toMatchObject({ status: 200 });
  const { port } = new URL(url);
  for (const host of ["evil.example", `evil.example:${port}`, "localhost", `localhost:1${port}`]) {
    expect(await ask(url, { headers: { host } }), host).toMatchObject({ status: 403 });
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    expect(await ask(url, { headers: { host } }), host).toMatchObject({ status: 200 });
  }
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends it, exit 0, also while somebody is connected", async (signal) => {
  const { url, process } = await start();
  const socket = request(url, { agent: false }).on("error", () => {});
  socket.flushHeaders();
  process.kill(signal);
  const { exitCode, stderr } = await process;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});

test.skipIf(process.platform !== "linux")("it opens a browser, and waits for none", async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "xdg-open"), `#!/bin/sh\necho "$1" > "${folder}/opened"\nexec sleep 5\n`, {
    mode: 0o755,
  });
  const { url, process: running } = await start([], { PATH: `${folder}:${process.env["PATH"]}` });
  await expect.poll(() => readFile(join(folder, "opened"), "utf8").catch(() => "")).toBe(`${url}\n`);
  const before = performance.now();
  running.kill("SIGTERM");
  expect(await running).toMatchObject({ exitCode: 0, stderr: "" });
  expect(performance.now() - before).toBeLessThan(4000);
});

test.skipIf(process.platform !== "linux")("where there is no browser, the page is served all the same", async () => {
  const folder = await emptyFolder();
  const { url, process: running } = await start([], { PATH: folder });
  expect(await ask(url)).toMatchObject({ status: 200 });
  running.kill("SIGTERM");
  expect(await running).toMatchObject({ exitCode: 0, stderr: "" });
});

test("--export writes the page and serves nothing", async () => {
  const folder = await emptyFolder();
  const { stdout, stderr, exitCode } = await anpm(["playground", "--export", "page.html"], { cwd: folder });
  expect({ stdout, stderr, exitCode }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  expect(await readdir(folder)).toEqual(["page.html"]);
  expect(await readFile(join(folder, "page.html"), "utf8")).toBe(page);
});

test("a port that another program has is told, exit 3", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  const { stderr, exitCode } = await anpm(["playground", "--no-open", "--port", `${port}`]);
  expect(stderr).toBe(
    `error cannot-listen: port ${port} of this machine cannot be listened on: another program has it\n` +
      "  fix: name another with --port, or let --port 0 choose one that is free\n",
  );
  expect(exitCode).toBe(3);
});

test.each(["x", "-1", "65536", "1e3"])("--port %s is wrong, exit 2", async (port) => {
  const { stderr, exitCode } = await anpm(["playground", "--no-open", `--port=${port}`]);
  expect(stderr).toContain("error wrong-option-value: --port");
  expect(exitCode).toBe(2);
});

test("its markup names nothing outside of it", () => {
  const markup = page.replace(/(<script[^>]*>)[^]*?<\/script>/g, "$1</script>");
  const outside = [...markup.matchAll(/\s(?:src|href|action|srcset)=["']?([^"'\s>]+)/g)].map(([, address]) => address!);
  expect(outside).toEqual(["data:,"]);
  expect(markup).not.toMatch(/@import|url\(/);
});

async function start(words: readonly string[] = ["--no-open"], env: NodeJS.ProcessEnv = {}) {
  const all = [resolve("dist/src/main.js"), "playground", ...words, "--port", "0"];
  const running = execa(process.execPath, all, { reject: false, stdin: "ignore", env });
  onTestFinished(() => void running.kill("SIGKILL"));
  const [url] = (await once(running.stdout, "data")) as [Buffer];
  return { url: url.toString().trim(), process: running };
}

function ask(
  url: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((done, fail) => {
    const { hostname: _, port, pathname, search } = new URL(url);
    const asked = request(
      { host: "127.0.0.1", port, path: pathname + search, method, headers, agent: false },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (piece: string) => (body += piece));
        answer.on("end", () => done({ status: answer.statusCode!, headers: answer.headers, body }));
      },
    );
    asked.on("error", fail).end();
  });
}
