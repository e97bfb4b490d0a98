import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync } from "node:zlib";
import axe from "axe-core";
import { load } from "js-yaml";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { compile, outputs } from "../../compiler/index.js";
import type { Lesson } from "../../src/playground/lesson.js";
import { useBrowser, whyNoBrowser } from "./open-page.js";

/** The playground as people see it. Pictures of it land in coverage/playground/. */

const folder = "src/playground/lessons";
const lessons = readdirSync(folder)
  .toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10))
  .map((file) => load(readFileSync(`${folder}/${file}`, "utf8")) as Omit<Lesson, "id">);
const pictures = "coverage/playground";
const tabs = ["pairs", "rules", "sets", "log", "matrix", "path"];

describe.skipIf(whyNoBrowser !== undefined)("the playground", () => {
  const { open, expectQuiet } = useBrowser();

  test.each(lessons.map((lesson, index) => [lesson.title, lesson, index] as const))(
    "lesson: %s",
    async (_, lesson, index) => {
      const opened = await open();
      const { page } = opened;
      await page.locator("#lessons").selectOption({ index });
      await page.locator("#lesson h2", { hasText: lesson.title }).waitFor();
      expect(await manifestsOf(page)).toBe(lesson.manifests);
      // No warning gives the answer away.
      expect(await page.locator("#problems li").count()).toBe(0);
      expect(await isInSight(page.locator(".question:visible .guesses")), "the question can be seen").toBe(true);
      for (const { ask, from, rules, spec, otherwise } of lesson.questions) {
        const question = page.locator(".question:visible").last();
        expect(await question.locator(".ask").textContent()).toBe(ask);
        const guess = (answer: string) => question.getByRole("button", { name: answer });
        await guess(rules === "allow" ? "It is dropped" : "It passes").click();
        await question.locator(".bad").waitFor();
        await guess(rules === "allow" ? "It passes" : "It is dropped").click();
        await question.locator(".good").waitFor();
        expect(await isInSight(question.locator(".answer")), "the answer can be seen").toBe(true);
        expect(await question.locator(".others").count()).toBe(otherwise === undefined ? 0 : 1);
        expect(await question.locator(".trap").count()).toBe(spec === undefined ? 0 : 1);
        await question.getByRole("button", { name: "Watch the packet" }).click();
        await page.locator(`.verdict.${rules} .ends`, { hasText: from }).waitFor();
        expect(await page.locator("details.differs").count()).toBe(spec === undefined ? 0 : 1);
        const next = question.getByRole("button", { name: "Next question" });
        if ((await next.count()) > 0) await next.click();
      }
      const isOdd = lesson.questions.some(({ spec }) => spec !== undefined);
      expect(await page.locator("#problems li.warning").count()).toBe(isOdd ? 1 : 0);
      await page.screenshot({ path: `${pictures}/lesson-${index + 1}.png` });
      await expectQuiet(opened);
    },
  );

  test("a line of the manifests lights up its rules and sets, by pointer and by cursor", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#lessons").selectOption({ index: 2 });
    await page.locator("#tab-rules").click();
    await page.locator(".rule").first().waitFor();
    await line(page, "purpose: development").hover();
    await page.locator(".rule.lit", { hasText: "nslabel-purpose:development" }).waitFor();
    expect(await page.locator(".rule.lit").count()).toBe(1);
    expect(await page.locator("#tab-sets .count").textContent()).toBe("3");
    await page.locator("#tab-sets").click();
    await page.locator(".set").first().waitFor();
    await line(page, "podSelector:").first().click();
    await page.locator(".set.near", { hasText: "podlabel-role:backend" }).waitFor();
    await page.keyboard.press("Control+Home");
    for (let at = 1; at < 12; at += 1) await page.keyboard.press("ArrowDown");
    await page.locator(".set.near", { hasText: "nslabel-purpose:development" }).waitFor();
    await page.screenshot({ path: `${pictures}/linked-sets.png` });
    await expectQuiet(opened);
  });

  test("a rule, a set and a pair light up their lines, by pointer and by keyboard", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#lessons").selectOption({ index: 2 });
    await page.locator("#tab-rules").click();
    await page.locator(".rule", { hasText: "nslabel-purpose:development" }).hover();
    await page.locator("#editor .cm-line.lit").first().waitFor();
    expect(await page.locator("#editor .cm-line.lit").allTextContents()).toEqual(
      ["- namespaceSelector:", "    matchLabels:", "      purpose: development", "  podSelector:", "    matchLabels:"]
        .concat("      app: webapp", "      role: frontend")
        .map((text) => `        ${text}`),
    );
    await page.screenshot({ path: `${pictures}/linked-rules.png` });
    await page.locator("#tab-sets").click();
    await page.locator(".set", { has: page.locator(".title", { hasText: "ns-production" }) }).hover();
    await line(page, "name: production").and(page.locator(".lit")).waitFor();
    await page.locator("#tab-pairs").click();
    await page.locator(".policy h3").waitFor();
    await page.locator("#tab-pairs").press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.locator(".group.lit").waitFor();
    await page.keyboard.press("Enter");
    await page.locator("#editor .cm-editor.cm-focused").waitFor();
    await expectQuiet(opened);
  });

  test("a set of a label points at the lines with the label, and says what it stands for", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#lessons").selectOption({ index: 2 });
    await page.locator("#tab-sets").click();
    await page.locator(".set", { has: page.getByText("podlabel-role:frontend", { exact: true }) }).hover();
    await page.locator("#editor .cm-line.lit").first().waitFor();
    const lit = await page.locator("#editor .cm-line.lit").allTextContents();
    expect(lit.length).toBeGreaterThan(0);
    expect(lit.filter((text) => !/role: frontend/.test(text))).toEqual([]);
    const explained = page.locator("#explained");
    await explained.getByText("Stands for pods, of any namespace, labelled role=frontend.").waitFor();
    await explained.getByText("it has the label role=frontend").first().waitFor();
    await explained
      .getByRole("button", { name: /^line / })
      .first()
      .click();
    await page.locator("#editor .cm-editor.cm-focused").waitFor();
    await expectQuiet(opened);
  });

  test("a rule and a line are explained in the words of anpm explain; nothing gives an open question away", async () => {
    const opened = await open();
    const { page } = opened;
    const explained = page.locator("#explained");
    await page.locator("#tab-rules").click();
    await page.locator(".rule", { hasText: "podlabel-role:backend" }).first().hover();
    await explained.getByText("rule AZURE-NPM-INGRESS 1").waitFor();
    // In one piece: rows of the panels look otherwise.
    expect((await explained.locator("p strong").first().boundingBox())!.height).toBeLessThan(40);
    // Being explained does not move a rule away from the pointer.
    await page.locator("#panel-rules").evaluate((panel) => panel.scrollTo(0, panel.scrollHeight));
    const last = page.locator(".rule").last();
    const place = await last.boundingBox();
    await last.hover();
    await explained.getByText("Mark 0x400 means").waitFor();
    expect(await last.boundingBox()).toEqual(place);
    await page.locator(".rule.lit", { hasText: "set mark 0x400" }).waitFor();
    await page.locator(".rule", { hasText: "podlabel-role:backend" }).first().hover();
    await explained.getByText("The policy applies to pods labelled app=webapp and role=backend").waitFor();
    await line(page, "podSelector:").hover();
    await page.locator("#editor .cm-line.lit").first().waitFor();
    await line(page, "ingress: []").hover();
    expect(await explained.textContent()).not.toContain("There is no ingress rule");
    await explained.getByText("once you have answered").waitFor();
    await page.locator("#tab-pairs").click();
    await page.locator(".group").first().hover();
    await explained.getByText("The policy applies to pods labelled app=webapp and role=backend").waitFor();
    await page.locator(".question").first().getByRole("button", { name: "It is dropped" }).click();
    await page.keyboard.press("Home");
    await line(page, "kind: NetworkPolicy").hover();
    await line(page, "ingress: []").hover();
    await explained.getByText("There is no ingress rule, so nothing may come in").waitFor();
    await page.screenshot({ path: `${pictures}/explained.png` });
    await expectQuiet(opened);
  });

  test("a packet walks through the chains and gathers marks", async () => {
    const opened = await open({ reducedMotion: "no-preference" });
    const { page } = opened;
    await page.locator("#tab-path").click();
    await page.getByLabel("From", { exact: true }).fill("production/frontend");
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".step.now", { hasText: "FORWARD rule 1" }).waitFor();
    expect(await page.locator(".bit").textContent()).toBe("none");
    await page.locator(".step.now", { hasText: "set mark 0x400" }).waitFor();
    expect(await page.locator(".bit.new").textContent()).toBe("0x400");
    await page.locator(".step.now.decides").waitFor();
    await page.getByRole("button", { name: "Start" }).click();
    await page.locator(".step.now", { hasText: "FORWARD rule 1" }).waitFor();
    await page.getByRole("button", { name: "Next", exact: true }).press("Enter");
    await page.locator(".where", { hasText: "Step 2 of 5" }).waitFor();
    await page.getByLabel("To", { exact: true }).fill("nobody/here");
    await page.keyboard.press("Enter");
    await page.locator(".problem", { hasText: "nothing is called" }).waitFor();
    await expectQuiet(opened);
  });

  test("who wants no motion sees the whole walk at once", async () => {
    const opened = await open();
    await opened.page.locator("#tab-path").click();
    await opened.page.getByRole("button", { name: "Send" }).click();
    await opened.page.locator(".step.now.decides").waitFor({ timeout: 1000 });
    await expectQuiet(opened);
  });

  test("mistakes are told at their line, and what was there before stays", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#tab-rules").click();
    await write(page, lessons[0]!.manifests.replace("ingress: []", "ingres: []\n  policyTypes: [Inress]"));
    await page.locator("#problems li.error").nth(1).waitFor();
    const told = await page.locator("#problems li.error").allTextContents();
    expect(told[0]).toMatch(/line 11 error: there is no field "ingres" here.* unknown-field$/);
    expect(told[1]).toMatch(/line 12 error: .*Inress/);
    expect(await page.locator("#editor .cm-lintRange-error").count()).toBe(2);
    expect(await page.locator(".rule").count()).toBeGreaterThan(5);
    expect(await page.locator("body.broken").count()).toBe(1);
    await page.screenshot({ path: `${pictures}/mistakes.png` });
    await page.locator("#problems button").first().click();
    await page.locator("#editor .cm-activeLine", { hasText: "ingres: []" }).waitFor();
    await write(page, lessons[1]!.manifests);
    await page.locator("body:not(.broken) .rule", { hasText: "nslabel-all-namespaces" }).waitFor();
    expect(await page.locator("#problems li").count()).toBe(0);
    await expectQuiet(opened);
  });

  test("of very many mistakes, rules and sets the first are shown", async () => {
    const opened = await open();
    const { page } = opened;
    const policies = Array.from(
      { length: 500 },
      (_, at) =>
        `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p${at}}, spec: {podSelector: {matchLabels: {app: a${at}}}}}`,
    );
    await write(page, policies.join("\n---\n"));
    await page.locator("#tab-rules").click();
    await page.locator(".empty", { hasText: "more chains; anpm compile shows all" }).waitFor();
    await write(page, policies.join("\n---\n").replaceAll("podSelector", "podSelectr"));
    await page.locator("#problems li", { hasText: "more" }).waitFor();
    expect(await page.locator("#problems li").count()).toBe(101);
    await expectQuiet(opened);
  });

  test("hostile manifests are text, whatever they say", async () => {
    const opened = await open();
    const { page } = opened;
    const markup = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    await write(
      page,
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: '${markup.replaceAll("'", "''")}'\n  __proto__: 1\n`,
    );
    await page.locator("#problems li", { hasText: "<img src=x" }).first().waitFor();
    await write(
      page,
      "a: &a [x, x]\n".concat(
        ..."bcdefghijklmnop".split("").map((key, index, all) => {
          const before = index === 0 ? "a" : all[index - 1]!;
          return `${key}: &${key} [${Array<string>(9).fill(`*${before}`).join(", ")}]\n`;
        }),
      ),
    );
    await page.locator("#problems li", { hasText: "yaml-aliases-excessive" }).waitFor();
    expect(await page.title()).toBe("anpm playground");
    await expectQuiet(opened);
  });

  test("each generation is a key away, and shows what it does to the packet", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#tab-rules").click();
    await page.locator("#generations input:checked").focus();
    for (let at = 0; at < 7; at += 1) await page.keyboard.press("ArrowLeft");
    await page.locator(".chain", { hasText: "AZURE-NPM-INGRESS-PORT" }).first().waitFor();
    expect(await page.locator("#about-generation").textContent()).toContain("Mar 2019");
    expect(await page.locator("#generations .dot.deny").count()).toBe(0);
    await page.locator("#tab-path").click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".generation:last-child .dot.deny").first().waitFor();
    await page.getByText("This packet, in each generation").waitFor();
    await page.getByRole("radio", { name: "Azure NPM v2, the packet is dropped" }).waitFor();
    await page.locator("#tab-log").click();
    await page.locator("pre.log", { hasText: "POLICY" }).waitFor();
    await page.locator("#kubernetes").fill("1.x");
    await page.keyboard.press("Enter");
    await page.locator("#problems li", { hasText: "bad-kubernetes-version" }).waitFor();
    await expectQuiet(opened);
  });

  test("Calico: what a tier does is said, answers of a lesson hold, and the matrix is sure of what it can be", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#lessons").selectOption("two-engines");
    await page.locator("input[data-engine=calico]").last().check({ force: true });
    await page.getByText("has no rule: the end of the tier decides").waitFor();
    await page.getByText("behind all tiers, profiles").waitFor();
    const question = page.locator(".question").first();
    await question.getByRole("button", { name: "It is dropped" }).click();
    await question.getByText("Calico drops it at the end of the tier").waitFor();
    await page.locator("#tab-matrix").click();
    await page.locator(".cell.some").first().waitFor();
    expect(await page.locator("#panel-matrix .cell.depends").count()).toBe(0);
    await expectQuiet(opened);
  });

  test("a changed lesson is answered anew", async () => {
    const opened = await open();
    const { page } = opened;
    await write(page, lessons[0]!.manifests.replace("ingress: []", "ingress: [{}]"));
    await page.locator("#status", { hasText: "12 rules" }).waitFor();
    const question = page.locator(".question").first();
    await question.getByRole("button", { name: "It passes" }).click();
    await question.locator(".good", { hasText: "it passes" }).waitFor();
    await page.locator("#generations label", { hasText: "v1-2020" }).click();
    await question.locator(".answer:empty").waitFor({ state: "attached" });
    await question.getByRole("button", { name: "It passes" }).click();
    await question.getByRole("button", { name: "Next question" }).waitFor();
    await question.getByRole("button", { name: "Start the lesson again" }).click();
    await question.getByRole("button", { name: "It passes" }).click();
    await question.locator(".bad", { hasText: "it is dropped" }).waitFor();
    await expectQuiet(opened);
  });

  test("the matrix leads to the walk", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#tab-matrix").click();
    await page.getByRole("button", { name: "production/frontend to development/backend: nothing" }).click();
    await page.locator(".verdict.deny", { hasText: "production/frontend" }).waitFor();
    await expectQuiet(opened);
  });

  test("a link holds everything", async () => {
    const opened = await open();
    const { page } = opened;
    await page.locator("#lessons").selectOption("and-or");
    await write(page, `${lessons[4]!.manifests}# mine 🐙\n`);
    await page.locator("#generations label", { hasText: "v1-2020" }).click();
    await page.locator("#tab-sets").click();
    await page.locator("#share").click();
    await page.locator("#toast", { hasText: "link" }).waitFor();
    const fragment = String(await page.evaluate("location.hash"));
    expect(fragment.length).toBeLessThan(2000);
    await expectQuiet(opened);
    const again = await open({ fragment });
    expect(await manifestsOf(again.page)).toBe(`${lessons[4]!.manifests}# mine 🐙\n`);
    await again.page.locator("#tab-sets[aria-selected=true]").waitFor();
    expect(await again.page.locator("#generations input:checked").inputValue()).toBe("v1-2020");
    expect(await again.page.locator("#lessons").inputValue()).toBe("and-or");
    await expectQuiet(again);
  });

  test.each([
    ["damaged", "#1AAAA", "it is damaged"],
    ["of another version", "#2AAAA", "not one that this page made"],
    ["markup", "#<script>alert(1)</script>", "not one that this page made"],
    ["too long", `#1${"A".repeat(400_001)}`, "it is too long"],
    ["a bomb", `#1${deflated("[".repeat(50_000_000))}`, "it is damaged"],
    ["no state", `#1${deflated(`{"text": 1, "__proto__": {"tab": "x"}}`)}`, "not one that this page made"],
  ])("a link that is %s is refused", async (_, fragment, reason) => {
    const opened = await open({ fragment });
    await opened.page.locator("#toast", { hasText: reason }).waitFor();
    await opened.page.locator("#lesson h2", { hasText: lessons[0]!.title }).waitFor();
    await expectQuiet(opened);
  });

  test("a link with values that do not exist takes what does", async () => {
    const state = {
      text: "",
      generation: "v9",
      engine: "<b>",
      lesson: "x",
      tab: "toString",
      from: "a\u0000b",
      to: "<i>",
    };
    const opened = await open({ fragment: `#1${deflated(JSON.stringify(state))}` });
    expect(await opened.page.locator("#generations input:checked").inputValue()).toBe("v2");
    await opened.page.locator("#tab-pairs[aria-selected=true]").waitFor();
    expect(await opened.page.getByLabel("To", { exact: true }).inputValue()).toBe("<i>");
    expect(await opened.page.getByLabel("From", { exact: true }).inputValue()).toBe("");
    await expectQuiet(opened);
  });

  test("the scripts are those of anpm compile", async () => {
    const opened = await open();
    const { result } = compile([{ name: "manifests.yaml", text: lessons[0]!.manifests }]);
    for (const name of ["script", "undo"]) {
      const started = opened.page.waitForEvent("download");
      await opened.page.locator(`#download-${name}`).click();
      const download = await started;
      const output = outputs.find((each) => each.name === name)!;
      expect(download.suggestedFilename()).toBe(output.fileName(result!.machine));
      expect(readFileSync(await download.path(), "utf8")).toBe(output.print(result!, {}));
    }
    await expectQuiet(opened);
  });

  test.each([
    ["desktop, light", { colorScheme: "light" }, tabs],
    ["desktop, dark", { colorScheme: "dark" }, ["rules", "path"]],
    ["phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, ["path"]],
  ] as const)("everybody can use it: %s", async (name, options, checked: readonly string[]) => {
    const opened = await open(options);
    const { page } = opened;
    await page.locator("#lessons").selectOption("before-1-12");
    await page.locator(".question").first().getByRole("button", { name: "It passes" }).click();
    await page.getByRole("button", { name: "Watch the packet" }).click();
    await page.locator(".step").first().waitFor();
    for (const tab of tabs) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator(`#panel-${tab} > *`).last().waitFor();
      if (checked.includes(tab)) expect(await accessibilityProblems(page), tab).toEqual([]);
      const slug = name.replaceAll(", ", "-");
      await page.screenshot({ path: `${pictures}/${slug}-${tab}.png`, fullPage: name === "phone" });
    }
    if (name === "phone") {
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    }
    await expectQuiet(opened);
  });

  test("as a file, it works from disk", async () => {
    const opened = await open({ url: pathToFileURL(resolve("dist/playground.html")).href });
    await opened.page.locator("#status", { hasText: "1 policy" }).waitFor();
    await expectQuiet(opened);
  });
});

function line(page: Page, text: string) {
  return page.locator("#editor .cm-line", { hasText: text }).first();
}

async function isInSight(element: Locator): Promise<boolean> {
  return element.evaluate((it) => {
    const { top, bottom } = it.getBoundingClientRect();
    const lesson = it.closest("#lesson")!.getBoundingClientRect();
    return (
      top >= Math.max(lesson.top, 0) && bottom <= Math.min(lesson.bottom, it.ownerDocument.documentElement.clientHeight)
    );
  });
}

async function manifestsOf(page: Page): Promise<string> {
  const link = String(
    await page.evaluate(
      `document.querySelector("#editor").shadowRoot.querySelector(".cm-content").cmTile.view.state.doc.toString()`,
    ),
  );
  return link;
}

/** Puts a text in the place of all that stands in the editor. */
async function write(page: Page, text: string): Promise<void> {
  await page.locator("#editor .cm-content").focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html}: ${any.map(({ message }) => message).join("; ")}`),
  );
}

function deflated(text: string): string {
  return deflateRawSync(text).toString("base64url");
}
