import { build, type BuildOptions } from "esbuild";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { load } from "js-yaml";

const folder = "src/playground";

/** The page of the playground, whole: style, program, compiler and lessons in one file that asks nobody for anything. */
export async function playgroundPage(): Promise<string> {
  const [style, script, worker, frame] = await Promise.all([
    readFile(`${folder}/page/page.css`, "utf8").then(minifyStyle),
    bundle(`${folder}/page/page.ts`, "esm", { ANPM_LESSONS: JSON.stringify(await readLessons()) }),
    bundle(`${folder}/worker/worker.ts`, "iife", {}),
    readFile(`${folder}/page/page.html`, "utf8"),
  ]);
  const parts: Readonly<Record<string, string>> = { style, script, worker, policy: policyOf(script, style) };
  return frame.replace(/\s*\/\* (\w+) \*\/\s*/g, (_, name: string) => parts[name]!);
}

/** The files of lessons/ in the order of their numbers. */
async function readLessons(): Promise<readonly object[]> {
  const names = (await readdir(`${folder}/lessons`)).filter((name) => name.endsWith(".yaml"));
  names.sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
  return Promise.all(
    names.map(async (name) => {
      const id = name.replace(/^\d+-/, "").replace(".yaml", "");
      return { id, ...(load(await readFile(`${folder}/lessons/${name}`, "utf8")) as object) };
    }),
  );
}

async function bundle(
  entry: string,
  format: "esm" | "iife",
  define: Readonly<Record<string, string>>,
): Promise<string> {
  const text = await textOf({
    entryPoints: [entry],
    bundle: true,
    platform: "browser",
    format,
    target: "es2022",
    define,
  });
  // Neither may end the script element that it stands in, nor begin a comment of HTML.
  return text
    .replace(/<\/script/gi, "<\\/script")
    .replaceAll("<!--", "\\x3c!--")
    .trim();
}

async function minifyStyle(contents: string): Promise<string> {
  return (await textOf({ stdin: { contents, loader: "css" } })).trim();
}

async function textOf(options: BuildOptions): Promise<string> {
  const common = { minify: true, write: false, charset: "utf8", logLevel: "warning" } as const;
  const { outputFiles } = await build({ ...options, ...common });
  return outputFiles[0]!.text;
}

/** The page may run its own script and style, start its worker, and nothing else: it asks no network, not even for pictures. */
function policyOf(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types anpm",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
