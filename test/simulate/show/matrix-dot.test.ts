import { execaSync } from "execa";
import { describe, expect, test } from "vitest";
import { matrixDot } from "../../../compiler/simulate/show/matrix-dot.js";
import { shop, viewOf } from "./shop.js";

describe("the graph", () => {
  test("has a cluster for each namespace, and an edge for what passes", () => {
    const text = matrixDot(viewOf(shop, { external: ["203.0.113.7"] }));
    expect(parseDot(text)).toEqual({
      nodes: ["n1 api", "n2 web-0", "n3 web-1", "n4 db", "n5 203.0.113.7"],
      edges: "n1→n2 n1→n3 n1→n5 n2→n1 n2→n3 n2→n5 n3→n1 n3→n2 n3→n5 n5→n2 n5→n3".split(" "),
    });
    expect(text).toContain(`label="shop"`);
    expect(text).toContain(
      String.raw`n2 -> n1 [label="80", color="#1f7a5c", tooltip="shop/web-0 → shop/api\nallowed: tcp 80\ndenied by shop/api-from-web: the rest"]`,
    );
  });

  test("of what is denied has the other edges", () => {
    const { edges } = parseDot(matrixDot(viewOf(shop, { only: "denied" })));
    expect(edges).toEqual("n1→n4 n2→n1 n2→n4 n3→n1 n3→n4 n4→n1 n4→n2 n4→n3".split(" "));
  });

  test("quotes what a name may hold", () => {
    expect(matrixDot({ ...viewOf(shop), by: `"a"\\b` })).toContain(String.raw`label="Who reaches whom, by \"a\"\\b"`);
  });

  test.skipIf(isMissing())("Graphviz reads it", () => {
    const { stdout, stderr } = execaSync("dot", ["-Tcanon"], { input: matrixDot(viewOf(shop)) });
    expect(stderr).toBe("");
    expect(stdout).toContain("digraph reach");
  });
});

/** Reads the language far enough to know that quotes and brackets close and what is said; throws where it does not. */
function parseDot(text: string): { readonly nodes: readonly string[]; readonly edges: readonly string[] } {
  const string = String.raw`"(?:[^"\\\n]|\\.)*"`;
  const attributes = String.raw`\[(?:\w+=(?:${string}|[\w.]+)(?:, )?)*\]`;
  const nodes: string[] = [];
  const edges: string[] = [];
  let depth = 0;
  for (const line of text
    .trimEnd()
    .split("\n")
    .map((each) => each.trim())) {
    const node = new RegExp(String.raw`^(n\d+) \[label=(${string})\]$`).exec(line);
    const edge = new RegExp(String.raw`^(n\d+) -> (n\d+) ${attributes}$`).exec(line);
    if (node) nodes.push(`${node[1]!} ${JSON.parse(node[2]!) as string}`);
    else if (edge) edges.push(`${edge[1]!}→${edge[2]!}`);
    else if (/^(digraph|subgraph) \w+ \{$/.test(line)) depth += 1;
    else if (line === "}") depth -= 1;
    else if (!new RegExp(String.raw`^((graph|node|edge) ${attributes}|label=${string}; color=${string})$`).test(line))
      throw new Error(`not understood: ${line}`);
  }
  if (depth !== 0) throw new Error("a brace is open");
  return { nodes, edges };
}

function isMissing(): boolean {
  const missing = execaSync("dot", ["-V"], { reject: false }).failed;
  if (missing) console.log("skipping: Graphviz is not installed");
  return missing;
}
