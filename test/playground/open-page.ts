import { readFileSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { findBrowser } from "../../scripts/find-browser.js";
import { servePage, type ServedPage } from "../../src/serve-page.js";

/** Why the tests in a browser are skipped; undefined when they run. */
export const whyNoBrowser =
  findBrowser() === undefined ? "there is no Chromium on PATH, and ANPM_BROWSER names none" : undefined;

if (whyNoBrowser !== undefined) console.log(`skipping the tests of the playground in a browser: ${whyNoBrowser}`);

export interface OpenedPage {
  readonly page: Page;
  /** All that it asked for, but itself and its worker. */
  readonly requests: string[];
  /** What it said to the console, and errors nobody caught. */
  readonly complaints: string[];
}

/** Serves the built page and drives a real browser; both end with the tests of the file. */
export function useBrowser(): {
  readonly open: (
    options?: BrowserContextOptions & { readonly fragment?: string; readonly url?: string },
  ) => Promise<OpenedPage>;
  /** Closes a page; fails when it has asked for anything or complained of anything. */
  readonly expectQuiet: (opened: OpenedPage) => Promise<void>;
} {
  let browser: Browser | undefined;
  let served: ServedPage | undefined;
  beforeAll(async () => {
    if (whyNoBrowser !== undefined) return;
    served = await servePage(readFileSync("dist/playground.html", "utf8"), 0);
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: findBrowser()!, args });
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });
  return {
    async open({ fragment = "", url = served!.url, ...options } = {}) {
      const viewport = { width: 1440, height: 900 };
      const context = await browser!.newContext({ viewport, reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const [requests, complaints]: [string[], string[]] = [[], []];
      page.on("request", (request) => {
        if (request.url().split("#")[0] !== url && !request.url().startsWith("blob:")) requests.push(request.url());
      });
      page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      await page.goto(`${url}${fragment}`);
      await page.locator("html[data-ready]").waitFor({ state: "attached" });
      return { page, requests, complaints };
    },
    async expectQuiet({ page, requests, complaints }) {
      await page.context().close();
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    },
  };
}
