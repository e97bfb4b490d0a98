import { build } from "esbuild";
import { execaSync } from "execa";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";

/** Folder of compiler/ → the folders it may import from, besides itself. `""` stands for the files in compiler/ itself. */
const importRule: Readonly<Record<string, readonly string[]>> = {
  text: [],
  manifest: ["text"],
  netfilter: ["text"],
  model: ["text", "manifest"],
  pairs: ["text", "manifest", "model"],
  engines: ["text", "netfilter", "pairs", "model"],
  simulate: ["text", "manifest", "model", "pairs", "netfilter", "engines"],
  diff: ["text", "manifest", "model", "pairs", "netfilter", "engines", "simulate", "log"],
  explain: ["text", "manifest", "model", "pairs", "netfilter", "engines", "simulate"],
  log: ["text", "manifest", "model", "pairs", "netfilter", "engines"],
  "": ["text", "manifest", "model", "pairs", "netfilter", "engines", "simulate", "diff", "explain", "log"],
};

interface ForbiddenWords {
  readonly folders: readonly string[];
  readonly words: RegExp;
  /** The one file that lists names which others gave: fields of FelixConfiguration. */
  readonly lists?: string;
}

const forbiddenWords: readonly ForbiddenWords[] = [
  { folders: ["model", "pairs"], words: /iptables|ipset/i, lists: "compiler/model/calico/felix-fields.ts" },
  { folders: ["netfilter"], words: /kubernetes|network\s?polic/i },
];

const topLevel =
  ".ci .gitignore LICENSE README.md compiler golden package-lock.json package.json scripts src test tsconfig.json";

interface SourceFile {
  /** `compiler/text/source.ts` */
  readonly path: string;
  readonly text: string;
}

const files: readonly SourceFile[] = ["compiler", "src"].flatMap(filesBelow);

describe("the import rule", () => {
  test("every file keeps it", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(importMistakes)).toEqual([]);
  });

  test.each([
    ["compiler/text/a.ts", `import { x } from "../model/objects.js";`, "compiler/text may not import compiler/model"],
    [
      "compiler/netfilter/a.ts",
      `import type { Pod } from "../model/objects.js";`,
      "compiler/netfilter may not import compiler/model",
    ],
    [
      "compiler/engines/azure-npm/a.ts",
      `export * from "../../manifest/value.js";`,
      "compiler/engines may not import compiler/manifest",
    ],
    ["compiler/pairs/a.ts", `import "../compile.js";`, "compiler/pairs may not import compiler/compile.js"],
    ["compiler/pairs/a.ts", `const fs = await import("node:fs");`, "compiler/ may not import node:fs"],
    ["compiler/a.ts", `import { join } from "path";`, "compiler/ may not import path"],
    ["compiler/a.ts", `import { run } from "../src/run.js";`, "compiler/ may not import src/run.js"],
    [
      "src/commands/a.ts",
      `import { x } from "../../compiler/text/source.js";`,
      "src/ may not import compiler/text/source.js",
    ],
    ["src/a.ts", `import { x } from "../scripts/bundle.js";`, "src/ may not import scripts/bundle.js"],
    ["src/a.ts", `import { x } from "left-pad";`, "left-pad is no dependency"],
    ["src/a.ts", `import { x } from "./playground/block.js";`, "src/ may not import src/playground/block.js"],
    ["src/playground/a.ts", `import "node:fs";`, "src/playground/ may not import node:fs"],
    ["src/playground/a.ts", `import { x } from "../run.js";`, "src/playground/ may not import src/run.js"],
    ["src/playground/a.ts", `import { x } from "left-pad";`, "left-pad is no dependency"],
  ])("canary: %s with %s", (path, text, mistake) => {
    expect(importMistakes({ path, text })).toEqual([`${path}: ${mistake}`]);
  });

  test("what is allowed is not reported", () => {
    const text = `import type { Source } from "../text/source.js";\nimport ipaddr from "ipaddr.js";\nimport { x } from "./y.js";`;
    expect(importMistakes({ path: "compiler/model/a.ts", text })).toEqual([]);
    expect(
      importMistakes({ path: "src/a.ts", text: `import { x } from "../compiler/index.js";\nimport "node:fs";` }),
    ).toEqual([]);
    const page = `import { x } from "../../compiler/index.js";\nimport { y } from "@codemirror/state";`;
    expect(importMistakes({ path: "src/playground/a.ts", text: page })).toEqual([]);
  });
});

describe("words that a folder does not know", () => {
  test("no file mentions them", () => {
    expect(files.flatMap(wordMistakes)).toEqual([]);
  });

  test("canary: they are found in code and comments", () => {
    expect(wordMistakes({ path: "compiler/pairs/a.ts", text: "// becomes an ipset\n" })).toEqual([
      `compiler/pairs/a.ts: mentions "ipset"`,
    ]);
    expect(wordMistakes({ path: "compiler/netfilter/a.ts", text: "const x: NetworkPolicy;\n" })).toEqual([
      `compiler/netfilter/a.ts: mentions "NetworkPolic"`,
    ]);
  });
});

describe("imports in a circle", () => {
  test("there are none", () => {
    expect(circles(files)).toEqual([]);
  });

  test("canary: one is found", () => {
    const a = { path: "src/a.ts", text: `import "./b.js";` };
    const b = { path: "src/b.ts", text: `import "./c.js";` };
    const c = { path: "src/c.ts", text: `import type { A } from "./a.js";` };
    expect(circles([a, b, c])).toEqual(["src/a.ts → src/b.ts → src/c.ts → src/a.ts"]);
  });
});

describe("generations", () => {
  const comparison = /[=!]==\s*"v[12]\b/;

  test("nothing outside engines/ compares their names", () => {
    const found = files.filter(({ path, text }) => !path.startsWith("compiler/engines/") && comparison.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("canary: a comparison is found", () => {
    expect(`if (generation === "v2-fnv")`).toMatch(comparison);
  });
});

describe("the layout", () => {
  test("the top level holds what the design lists and nothing else", () => {
    const ignored = readFileSync(".gitignore", "utf8").split("\n");
    const found = readdirSync(".").filter(
      (name) => name !== ".git" && !ignored.includes(name) && !ignored.includes(`${name}/`),
    );
    expect(topLevel.split(" ")).toEqual(expect.arrayContaining(found));
  });

  test.skipIf(!existsSync(".git"))("git tracks nothing else there, no link to what is installed either", () => {
    const tracked = execaSync("git", ["ls-tree", "--name-only", "HEAD"]).stdout.split("\n");
    expect(topLevel.split(" ")).toEqual(expect.arrayContaining(tracked));
  });

  test("compiler/ has only folders that the import rule knows", () => {
    const folders = readdirSync("compiler", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(Object.keys(importRule)).toEqual(expect.arrayContaining(folders.map(({ name }) => name)));
  });
});

describe("the library in a browser", () => {
  const options = { bundle: true, platform: "browser", format: "esm", write: false, logLevel: "silent" } as const;

  test("compiler/index.ts bundles without Node", async () => {
    const { outputFiles, warnings } = await build({ ...options, entryPoints: ["compiler/index.ts"] });
    expect(warnings).toEqual([]);
    expect(outputFiles[0]!.text).toContain("AZURE-NPM");
  });

  test("canary: a module that needs Node does not", async () => {
    await expect(build({ ...options, stdin: { contents: `import "node:fs"` } })).rejects.toThrow("node:fs");
  });
});

function filesBelow(folder: string): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** What a file imports: paths from the top of the project, or names of packages. */
function importsOf({ path, text }: SourceFile): readonly string[] {
  const code = text.replace(/\/\*[^]*?\*\//g, "");
  const found = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"\s]+)"/g)].map((match) => match[1]!);
  return found.map((name) => (name.startsWith(".") ? posix.join(posix.dirname(path), name) : name));
}

function importMistakes(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap((imported) => {
    const mistake = mistakeOf(file.path, imported);
    return mistake === undefined ? [] : [`${file.path}: ${mistake}`];
  });
}

function mistakeOf(path: string, imported: string): string | undefined {
  if (path.startsWith("src/playground/")) return playgroundMistake(imported);
  return path.startsWith("src/") ? srcMistake(imported) : compilerMistake(path, imported);
}

/** The page runs in a browser: of src/ it may import itself only, of packages those that it is bundled with. */
function playgroundMistake(imported: string): string | undefined {
  if (imported.startsWith("src/playground/") || imported === "compiler/index.js") return undefined;
  if (isOwn(imported) || imported.startsWith("node:")) return `src/playground/ may not import ${imported}`;
  return packageMistake(imported, "devDependencies");
}

function srcMistake(imported: string): string | undefined {
  if (imported.startsWith("src/playground/")) return `src/ may not import ${imported}`;
  if (imported.startsWith("src/") || imported.startsWith("node:") || imported === "compiler/index.js") return undefined;
  return isOwn(imported) ? `src/ may not import ${imported}` : packageMistake(imported);
}

function compilerMistake(path: string, imported: string): string | undefined {
  if (imported.startsWith("node:") || builtinModules.includes(imported)) return `compiler/ may not import ${imported}`;
  if (!isOwn(imported)) return packageMistake(imported);
  if (!imported.startsWith("compiler/")) return `compiler/ may not import ${imported}`;
  const [from, to] = [phaseOf(path), phaseOf(imported)];
  if (from === to || importRule[from]?.includes(to)) return undefined;
  return `compiler/${from} may not import compiler/${to || posix.basename(imported)}`;
}

function packageMistake(
  imported: string,
  list: "dependencies" | "devDependencies" = "dependencies",
): string | undefined {
  const { [list]: dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
    typeof list,
    Record<string, string>
  >;
  const name = imported
    .split("/")
    .slice(0, imported.startsWith("@") ? 2 : 1)
    .join("/");
  return name in dependencies ? undefined : `${name} is no dependency`;
}

function isOwn(imported: string): boolean {
  return /^(compiler|src|scripts|test|golden)\//.test(imported);
}

/** Folder of compiler/ that a path is in; "" for a file of compiler/ itself. */
function phaseOf(path: string): string {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1]! : "";
}

function wordMistakes({ path, text }: SourceFile): readonly string[] {
  return forbiddenWords
    .filter(({ folders }) => path.startsWith("compiler/") && folders.includes(phaseOf(path)))
    .filter(({ lists }) => path !== lists)
    .flatMap(({ words }) => words.exec(text)?.slice(0, 1) ?? [])
    .map((word) => `${path}: mentions "${word}"`);
}

function circles(all: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    const file = byPath.get(path);
    if (!file || done.has(path) || trail.includes(path)) return;
    for (const imported of importsOf(file)) visit(imported.replace(/\.js$/, ".ts"), [...trail, path]);
    done.add(path);
  };
  for (const { path } of all) visit(path, []);
  return found;
}
