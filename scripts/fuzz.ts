import { parseArgs } from "node:util";
import { compile, type CompileOptions } from "../compiler/compile.js";
import { parseDocuments } from "../compiler/manifest/parse-documents.js";
import { outputs } from "../compiler/outputs.js";
import type { Diagnostic } from "../compiler/text/diagnostic.js";
import { formatDiagnostic } from "../compiler/text/format-diagnostic.js";
import { randomText } from "./random-text.js";

/**
 * `node dist/scripts/fuzz.js --runs N --seed S`: feeds N random texts, each following from the seed, to everything that reads
 * manifests. Fails on the first one that throws, takes more than a second, or has a diagnostic without a valid place.
 */

const { values: options } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const runs = Number(options.runs);
const seed = Number(options.seed);

/** What is fuzzed: text in, diagnostics out. */
const subjects: Record<string, (text: string) => readonly Diagnostic[]> = {
  parseDocuments: (text) => parseDocuments({ name: "fuzz.yaml", text }).diagnostics,
  compile: (text) => everyOutput(text, { podCidr: "10.0.0.0/8" }),
  "compile as Calico": (text) => everyOutput(text, calicoOptions),
  "compile as the oldest Calico": (text) => everyOutput(text, { ...calicoOptions, generation: "calico-2019" }),
};

const calicoOptions: CompileOptions = {
  engine: "calico",
  node: "node-0",
  ipv6: true,
  hostInterfaces: ["eth0=10.9.0.1/24", "eth0=fd00:9::1/64"],
};

/** Without errors, also every output: a script refuses to be made of a name that is unfit for one. */
function everyOutput(text: string, options: CompileOptions): readonly Diagnostic[] {
  const { result, diagnostics } = compile([{ name: "fuzz.yaml", text }], options);
  for (const output of result ? outputs : []) {
    if (!output.mistakes?.(result!.machine, {}).length) output.print(result!, { resolve: true });
  }
  return diagnostics;
}

const began = performance.now();
let characters = 0;
let refused = 0;
for (let run = 0; run < runs; run++) {
  const text = randomText(seed, run);
  characters += text.length;
  for (const [name, subject] of Object.entries(subjects)) {
    const start = performance.now();
    const diagnostics = attempt(() => subject(text), name, run, text);
    if (performance.now() - start > 1000) fail(`${name} took ${Math.round(performance.now() - start)} ms`, run, text);
    for (const found of diagnostics) {
      const offset = found.location?.offset ?? 0;
      if (!(offset >= 0 && offset <= text.length)) fail(`${name}: ${found.code} at ${offset}`, run, text);
      attempt(() => formatDiagnostic(found, { excerpt: true }), name, run, text);
    }
    if (diagnostics.length > 0) refused++;
  }
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${runs} inputs (${characters} characters, ${refused} with diagnostics), seed ${seed}, ${seconds} s: no failure`,
);

function attempt<T>(action: () => T, name: string, run: number, text: string): T {
  try {
    return action();
  } catch (error) {
    return fail(`${name} threw ${error instanceof Error ? error.stack : String(error)}`, run, text);
  }
}

function fail(what: string, run: number, text: string): never {
  console.error(`seed ${seed}, run ${run}: ${what}\n${JSON.stringify(text)}`);
  process.exit(1);
}
