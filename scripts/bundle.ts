import { build, type Plugin } from "esbuild";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import * as compiler from "../compiler/index.js";
import { playgroundPage } from "./bundle-playground.js";

/** Second half of `npm run build`: the command line as one file, because Node starts one file much faster than a hundred,
 *  and CommonJS faster than modules. `compile`, which programs call often, has a file of its own that holds no other command. */

const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
await rm("dist/src", { recursive: true, force: true });

/** Other commands are names in the help text then. */
const onlyCompile: Plugin = {
  name: "only-compile",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]src[\\/]commands[\\/]/ }, ({ path }) =>
      basename(path) === "compile.ts" ? undefined : { contents: "export const define = (command) => command;" },
    );
  },
};

for (const [name, plugins] of [
  ["anpm", []],
  ["compile", [onlyCompile]],
] as const) {
  await build({
    entryPoints: ["src/main.ts"],
    outfile: `dist/src/${name}.js`,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.19",
    minifySyntax: true,
    minifyWhitespace: true,
    define: { ANPM_VERSION: JSON.stringify(version), "import.meta.dirname": "__dirname" },
    logLevel: "warning",
    plugins: [...plugins],
  });
}
const launcher = 'require(process.argv[2] === "compile" ? "./compile.js" : "./anpm.js");';
await writeFile("dist/src/main.js", `#!/usr/bin/env node\n${launcher}\n`);
await writeFile("dist/src/package.json", `${JSON.stringify({ type: "commonjs" })}\n`);
await chmod("dist/src/main.js", 0o755);
const schemas = {
  compile: compiler.compileJsonSchema,
  diff: compiler.differenceJsonSchema,
  drift: compiler.driftJsonSchema,
  explain: compiler.explanationJsonSchema,
  expectations: compiler.expectationsJsonSchema,
  matrix: compiler.matrixJsonSchema,
  trace: compiler.traceJsonSchema,
  why: compiler.whyJsonSchema,
};
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(`dist/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
}
await writeFile("dist/playground.html", await playgroundPage());
