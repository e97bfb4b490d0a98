import { mkdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type Page } from "playwright-core";
import { findBrowser } from "./find-browser.js";

/** Measures the page of the playground in a real browser, from disk, and takes the readme's picture of it. */

const picture = "golden/playground/screenshot.png";
const file = resolve("dist/playground.html");

const executablePath = findBrowser();
if (executablePath === undefined) throw new Error("there is no Chromium on PATH, and ANPM_BROWSER names none");
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
try {
  await mkdir(dirname(picture), { recursive: true });
  await takePicture(browser);
  const bytes = await readFile(file);
  say("page", `${kilobytes(bytes.length)}, ${kilobytes(gzipSync(bytes).length)} packed`);
  await measureStart(browser);
  await measureTyping(browser);
} finally {
  await browser.close();
}

async function takePicture(driven: Browser): Promise<void> {
  const page = await openPage(driven, 1280, 800);
  await page.locator("#lessons").selectOption("aks-from-development");
  await page.locator(".question").first().getByRole("button", { name: "It passes" }).click();
  await page.getByRole("button", { name: "Watch the packet" }).click();
  await page.locator(".dot.unknown").first().waitFor({ state: "detached" });
  await page.mouse.move(0, 0);
  await page.screenshot({ path: picture });
  await page.context().close();
  say("picture", picture);
}

async function measureStart(driven: Browser): Promise<void> {
  const [paints, readies]: [number[], number[]] = [[], []];
  for (let run = 0; run < 7; run += 1) {
    const page = await openPage(driven, 1280, 800);
    paints.push(await page.evaluate<number>(`performance.getEntriesByName("first-contentful-paint")[0].startTime`));
    readies.push(await page.evaluate<number>("performance.now()"));
    await page.context().close();
  }
  say("first contentful paint", describe(paints));
  say("first lesson compiled and shown", describe(readies));
}

/** Types into the manifests of 100 policies; each key compiles all of them. */
async function measureTyping(driven: Browser): Promise<void> {
  const page = await openPage(driven, 1280, 800);
  await page.locator("#tab-rules").click();
  await page.locator("#editor .cm-content").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(hundredPolicies());
  await page.locator("#status", { hasText: "100 policies" }).waitFor();
  await page.evaluate(`{
    window.keys = []; window.waits = []; window.works = [];
    document.addEventListener("keydown", () => keys.push(performance.now()), true);
    new MutationObserver(() => {
      waits.push(performance.now() - keys.at(-1));
      works.push(Number(document.querySelector("#status").dataset.milliseconds));
    }).observe(document.querySelector("#status"), { attributes: true });
  }`);
  for (let key = 0; key < 40; key += 1) {
    await page.keyboard.press(key % 2 === 0 ? "Space" : "Backspace");
    await page.waitForTimeout(150);
  }
  say("100 policies compiled in the worker", describe(await page.evaluate<number[]>("works.slice(10)")));
  say("from the key to the new status", describe(await page.evaluate<number[]>("waits.slice(10)")));
  await page.context().close();
}

async function openPage(driven: Browser, width: number, height: number): Promise<Page> {
  const context = await driven.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  return page;
}

/** 10 namespaces, 100 pods, and for each a policy with two rules, a port and a block. */
function hundredPolicies(): string {
  const documents: string[] = [];
  for (let namespace = 0; namespace < 10; namespace += 1) {
    documents.push(
      `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-${namespace}\n  labels: { tier: t${namespace % 3} }\n`,
    );
  }
  for (let at = 0; at < 100; at += 1) {
    const metadata = `  name: app-${at}\n  namespace: team-${at % 10}\n`;
    documents.push(
      `apiVersion: v1\nkind: Pod\nmetadata:\n${metadata}  labels: { app: app-${at}, role: r${at % 7} }\n` +
        `spec: { containers: [{ name: main, image: nginx }] }\nstatus: { phase: Running, podIP: 10.240.0.${at + 1} }\n`,
      `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n${metadata}spec:\n` +
        `  podSelector: { matchLabels: { app: app-${at} } }\n  ingress:\n    - from:\n        - namespaceSelector: { matchLabels: { tier: t${at % 3} } }\n` +
        `          podSelector: { matchLabels: { role: r${at % 7} } }\n      ports: [{ port: ${8000 + at} }]\n` +
        `    - from: [{ ipBlock: { cidr: 198.51.100.0/24, except: [198.51.100.${at}/32] } }]\n`,
    );
  }
  return documents.join("---\n");
}

function describe(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${Math.round(sorted[sorted.length >> 1]!)} ms (median of ${sorted.length}, at most ${Math.round(sorted.at(-1)!)})`;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function say(what: string, text: string): void {
  console.log(`${what}: ${text}`);
}
