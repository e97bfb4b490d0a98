import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { matrixHtml } from "../../../compiler/simulate/show/matrix-html.js";
import { matrixSvg } from "../../../compiler/simulate/show/matrix-svg.js";
import { pod, shop, viewOf } from "./shop.js";

describe("the picture", () => {
  const svg = matrixSvg(viewOf(shop));

  test("is well-formed", () => {
    expect(unclosed(svg)).toEqual([]);
    expect(unclosed("<svg><rect/><g></svg>")).toEqual(["svg", "g", "svg"]);
  });

  test("every cell says who to whom, which ports, and which policy denies", () => {
    expect(titlesOf(svg)).toContain("shop/web-0 → shop/api\nallowed: tcp 80\ndenied by shop/api-from-web: the rest");
    expect(titlesOf(svg)).toContain("store/db → shop/api\nnothing is allowed: denied by shop/api-from-web");
    expect(svg.match(/<rect class="(all|some|none|depends)"[^>]*><title>/g)).toHaveLength(12);
  });

  test("by the specification every policy that denies is named, of both ends", () => {
    expect(titlesOf(matrixSvg(viewOf(shop, {}, "spec")))).toContain(
      "store/db → shop/api\nnothing is allowed: denied by store/closed, shop/api-from-web",
    );
  });

  test("needs nothing from elsewhere and runs nothing", () => {
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|<script|<image|<use|@import|url\(/);
  });

  test("names are text, whatever they hold", () => {
    const view = { ...viewOf(shop), by: `<b onload="x">&'` };
    expect(matrixSvg(view)).toContain("&lt;b onload=&quot;x&quot;&gt;&amp;&#39;");
    expect(matrixHtml(view)).not.toContain("<b onload");
  });

  test("of many pods, neighbours that say the same are one shape", () => {
    const pods = Array.from({ length: 45 }, (_, i) => pod("ring", `p-${10 + i}`, `a-${i}`, 300 + i));
    const policies = pods.map((_, i) => next(`p-${10 + i}`, `a-${i}`, `a-${i + 1}`));
    const many = matrixSvg(viewOf([...pods, ...policies].join("\n---\n")));
    expect(unclosed(many)).toEqual([]);
    expect(titlesOf(many).length).toBeLessThan(5 * 45);
    expect(titlesOf(many)).toContain("ring/p-12 → ring/p-13\neverything is allowed");
    const denied = "nothing is allowed: denied by ring/p-12";
    expect(titlesOf(many)).toContain(`ring/p-12 → ring/p-14, ring/p-15, ring/p-16, ring/p-17, 37 more\n${denied}`);
  });
});

/** A policy that lets a pod of a ring send to the next one only. */
function next(name: string, app: string, to: string): string {
  return `kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: ring, name: ${name} }
spec:
  podSelector: { matchLabels: { app: ${app} } }
  policyTypes: [Egress]
  egress: [{ to: [{ podSelector: { matchLabels: { app: ${to} } } }] }]`;
}

describe("the page", () => {
  const html = matrixHtml(viewOf(shop));

  test("has the picture, its facts as data, and forbids itself everything from elsewhere", () => {
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/(src|href)=/);
    const data = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1]!) as PageData;
    const row = data.rows.findIndex(([, , name]) => name === "shop/web-0");
    const column = data.columns.findIndex(([, , name]) => name === "shop/api");
    expect(data.texts[data.cells[row]![column]!]).toBe("allowed: tcp 80\ndenied by shop/api-from-web: the rest");
  });

  test("its script is one that parses", () => {
    const script = /<script>([^]*?)<\/script>/.exec(html)![1]!;
    expect(() => new Script(script)).not.toThrow();
  });

  test("its data cannot end the script early", () => {
    const view = viewOf(shop);
    expect(matrixHtml({ ...view, blame: () => "</script><b>" })).not.toContain("</script><b>");
  });
});

interface PageData {
  readonly rows: readonly (readonly [number, number, string])[];
  readonly columns: readonly (readonly [number, number, string, string])[];
  readonly cells: readonly (readonly number[])[];
  readonly texts: readonly string[];
}

function titlesOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<rect [^>]*><title>([^<]*)<\/title>/g)].map((found) => found[1]!.replaceAll("&gt;", ">"));
}

/** Elements that are not closed in the order in which they were opened. */
function unclosed(markup: string): readonly string[] {
  const open: string[] = [];
  const body = markup.replace(/<\?xml.*?\?>|<style>[^]*?<\/style>/g, "");
  for (const [, end, name, single] of body.matchAll(/<(\/?)([a-z]+)(?:\s[a-zA-Z-]+(?::\w+)?="[^"<]*")*\s*(\/?)>/g)) {
    if (single) continue;
    if (!end) open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else open.push(name!);
  }
  const brackets = (body.match(/</g) ?? []).length - (body.match(/>/g) ?? []).length;
  return brackets === 0 ? open : [...open, "<"];
}
