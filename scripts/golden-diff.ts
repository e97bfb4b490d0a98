import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  compileVersion,
  diff,
  differenceOutputs,
  type CompileOptions,
  type DiffVersion,
  type Source,
} from "../compiler/index.js";
import { parseOptions } from "./golden-cases.js";

/** A folder of golden/diff/: two versions of manifests, sometimes command line `options`, beside what `anpm diff` prints of them. */
export interface DiffCase {
  readonly name: string;
  readonly folder: string;
  /** First line of the file `title`. */
  readonly title: string;
}

/** Besides these: html has the text in it, scripts are tested in a kernel. */
const shown = ["text", "json", "markdown", "github", "sarif", "unified"];

/** The cases, by name. */
export function readDiffCases(golden = "golden/diff"): readonly DiffCase[] {
  return readdirSync(golden)
    .toSorted()
    .map((name): DiffCase => {
      const folder = join(golden, name);
      return { name, folder, title: readFileSync(join(folder, "title"), "utf8").split("\n", 1)[0]! };
    });
}

/** Name of a file in the folder → text, an output each. */
export function diffFiles({ folder }: DiffCase): ReadonlyMap<string, string> {
  const options = parseOptions(textOf(folder, "options") ?? "");
  const sides = [versionOf(folder, "before", options), versionOf(folder, "after", options)] as const;
  const difference = diff(...sides, options.ipv6 ? 6 : 4);
  return new Map(
    differenceOutputs
      .filter(({ name }) => shown.includes(name))
      .map((output) => [output.name, output.print(difference)]),
  );
}

/** What nobody wrote by hand. */
export function writtenDiffFiles({ folder }: DiffCase): readonly string[] {
  const written = ["title", "before", "after", "generations", "engines", "options"];
  return readdirSync(folder).filter((name) => !written.includes(name));
}

function versionOf(folder: string, side: "before" | "after", shared: CompileOptions): DiffVersion {
  const root = existsSync(join(folder, side)) ? side : "before";
  const names = readdirSync(join(folder, root)).toSorted();
  const sources = names.map((name): Source => ({
    name: `${root}/${name}`,
    text: readFileSync(join(folder, root, name), "utf8"),
  }));
  const [generation, engine] = [sideOf(folder, "generations", side), sideOf(folder, "engines", side)];
  const options = {
    ...shared,
    ...(generation !== undefined && { generation }),
    ...(engine !== undefined && { engine }),
  };
  const how = { label: generation ?? engine ?? side, fileOf: (name: string) => name.slice(root.length) };
  const { version, diagnostics } = compileVersion(sources, options, how);
  if (!version) throw new Error(`${folder}: ${diagnostics[0]?.message}`);
  return version;
}

/** One side of a file that says `OLD..NEW`, where there is one. */
function sideOf(folder: string, name: string, side: "before" | "after"): string | undefined {
  return textOf(folder, name)?.split("..")[side === "before" ? 0 : 1];
}

function textOf(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}
