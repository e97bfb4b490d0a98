import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  compile,
  convert,
  engineOf,
  explain,
  formatExplanation,
  outputs,
  parseIptablesSave,
  printObjects,
  viewAll,
  type Compilation,
  type CompileOptions,
  type CompileResult,
  type Flavour,
  type Source,
} from "../compiler/index.js";
import { printStderr } from "./golden-stderr.js";

/** A folder of golden/: manifests, sometimes a node's `existing` rules and command line `options`, beside what they compile to. */
export interface GoldenCase {
  readonly name: string;
  readonly folder: string;
  /** First line of the manifests, or of the file `title`. */
  readonly title: string;
  readonly sources: readonly Source[];
  readonly options: CompileOptions;
  /** Generations of the engine, the default first; only the one that `options` names, if it does. */
  readonly generations: readonly string[];
}

/** The cases of a golden folder, by name. */
export function readCases(golden = "golden"): readonly GoldenCase[] {
  const names = readdirSync(golden).filter((name) =>
    manifestNames.some((file) => existsSync(join(golden, name, file))),
  );
  return names.toSorted().map((name) => readCase(name, join(golden, name)));
}

/** What a case compiles to, as a generation and, unless it is the generation's own, with the given flavour. */
export function compileCase({ sources, options }: GoldenCase, generation: string, flavour?: Flavour): Compilation {
  return compile(sources, { ...options, generation, ...(flavour && { flavour }) });
}

/** File name → text of every output that belongs into the folder of a case: `v2.iptables-save`, `stderr` where there is more
 *  to say than counts, `v2-fnv.stderr` where that differs. */
export function goldenFiles(golden: GoldenCase): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  let first: string | undefined;
  for (const generation of golden.generations) {
    const compilation = compileCase(golden, generation);
    for (const name of outputsFor(golden, first === undefined)) {
      const output = outputs.find((each) => each.name === name)!;
      const { result } = compilation;
      if (!result || result.machine.lacks.has(name)) continue;
      files.set(`${generation}.${output.fileName(result.machine)}`, print(name, result));
      if (!name.endsWith("tables-save") || first !== undefined) continue;
      for (const { name: table, text } of output.files!(result, {}).slice(1)) files.set(`${generation}.${table}`, text);
    }
    if (converted.has(golden.name)) {
      const objects = convert(golden.sources, { generation }).objects ?? [];
      files.set(`${generation}.convert-yaml`, printObjects(objects, "yaml"));
      if (first === undefined) files.set(`${generation}.convert-json`, printObjects(objects, "json"));
    }
    const { result } = compilation;
    if (first === undefined && result && taught.has(golden.name))
      files.set(`${generation}.explain`, formatExplanation(viewAll(explain(result))));
    const stderr = printStderr(compilation);
    if (first === undefined && stderr !== "") files.set("stderr", stderr);
    if (first !== undefined && stderr !== first) files.set(`${generation}.stderr`, stderr);
    first ??= stderr;
  }
  return files;
}

/** Cases whose explanation is worth reading. */
const taught: ReadonlySet<string> = new Set([
  "aks-1-deny",
  "aks-2-from-frontend",
  "aks-3-from-development",
  "and-or",
  "both-directions-and-dns",
  "calico-aks-3-from-development",
  "calico-tiers",
  "deny-both-directions",
  "empty-lists-mean-all",
  "ipblock-except",
  "named-ports",
  "namespace-not-in",
]);

/** Cases whose policies are shown as objects of another engine's own. */
const converted: ReadonlySet<string> = new Set([
  "calico-aks-2-from-frontend",
  "calico-ipblock-except",
  "calico-many-ports",
  "calico-named-ports",
  "calico-selectors",
]);

const manifestNames = ["manifests.yaml", "manifests.json"];
const inputNames = [...manifestNames, "existing", "options", "title"];

/** Whether a file of a case is one that people write. */
export function isInput(fileName: string): boolean {
  return inputNames.includes(fileName);
}

function readCase(name: string, folder: string): GoldenCase {
  const read = (file: string): string | undefined =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined;
  const sources = manifestNames.flatMap((file) => {
    const text = read(file);
    return text === undefined ? [] : [{ name: file, text }];
  });
  const options = parseOptions(read("options") ?? "");
  const existing = read("existing");
  return {
    name,
    folder,
    title: (read("title") ?? sources[0]!.text).split("\n", 1)[0]!.replace(/^# */, ""),
    sources,
    options: existing === undefined ? options : { ...options, existing: tablesOf(existing) },
    generations: options.generation === undefined ? engineOf(options.engine).engine!.generations : [options.generation],
  };
}

/** The options of `anpm compile` that say how to compile. */
export function parseOptions(text: string): CompileOptions {
  const { values } = parseArgs({
    args: text.split(/\s+/).filter((word) => word !== ""),
    options: {
      namespace: { type: "string", short: "n" },
      engine: { type: "string" },
      npm: { type: "string" },
      calico: { type: "string" },
      node: { type: "string" },
      "interface-prefix": { type: "string" },
      interface: { type: "string", multiple: true },
      "host-interface": { type: "string", multiple: true },
      felix: { type: "string", multiple: true },
      ipv6: { type: "boolean" },
      "place-first": { type: "boolean" },
      "place-after-kube-services": { type: "boolean" },
      lite: { type: "boolean" },
      kubernetes: { type: "string" },
      "pod-cidr": { type: "string" },
    },
  });
  return {
    ...(values.namespace !== undefined && { namespace: values.namespace }),
    ...(values.engine !== undefined && { engine: values.engine }),
    ...(values.npm !== undefined && { generation: values.npm }),
    ...(values.calico !== undefined && { generation: values.calico }),
    ...(values.node !== undefined && { node: values.node }),
    ...(values["interface-prefix"] !== undefined && { interfacePrefix: values["interface-prefix"] }),
    ...(values.interface && { interfaces: values.interface }),
    ...(values["host-interface"] && { hostInterfaces: values["host-interface"] }),
    ...(values.felix && { felix: values.felix }),
    ...(values.ipv6 && { ipv6: true }),
    ...(values["place-first"] && { placement: "first" }),
    ...(values["place-after-kube-services"] && { placement: "after-kube-services" }),
    ...(values.lite && { lite: true }),
    ...(values.kubernetes !== undefined && { kubernetes: values.kubernetes }),
    ...(values["pod-cidr"] !== undefined && { podCidr: values["pod-cidr"] }),
  };
}

function tablesOf(existing: string): NonNullable<CompileOptions["existing"]> {
  const { chains, others, problems } = parseIptablesSave(existing, ["raw", "mangle", "nat", "filter"]);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { chains, others, sets: [] };
}

/** Names of the outputs that are kept: what differs between generations for each, the rest where it is worth reading. */
function outputsFor({ name, options }: GoldenCase, isDefault: boolean): readonly string[] {
  const isArticle = name.startsWith("aks-");
  const ipv6 = options.ipv6 ? ["ip6tables-save"] : [];
  const each = ["iptables-save", "ipset-save", ...ipv6, "restore", ...(isArticle ? ["log"] : [])];
  if (!isDefault) return each;
  return [...each, "pairs", ...(isArticle ? ["script", "undo", "json"] : [])];
}

function print(name: string, result: CompileResult): string {
  return outputs.find((output) => output.name === name)!.print(result, { resolve: true });
}
