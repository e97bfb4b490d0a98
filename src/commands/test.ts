import { Argument, Option, type Command } from "commander";
import {
  checkExpectations,
  diagnostic,
  expectationOutputs,
  isError,
  parseExpectations,
  sortDiagnostics,
  type Diagnostic,
  type Expectation,
} from "../../compiler/index.js";
import { addEngineOptions, addInputOptions, type ClusterOptions } from "../cluster-options.js";
import { compileManifests } from "../compile-manifests.js";
import { exitCodes } from "../exit-code.js";
import { Failure } from "../failure.js";
import { readFile } from "../read-sources.js";
import { writeReport } from "../report.js";

const help = `
The file says who may talk to whom:
  expect:
    - {from: shop/web, to: shop/api, port: 80/tcp, allow: true, because: the web shop calls it}
    - {from: {namespace: test}, to: {namespace: shop}, deny: true}
    - {from: 203.0.113.7, to: {namespace: shop, labels: {app: web}}, port: [80/tcp, https], allow: true}
Every packet from each of the ones to each of the others must fare so, by the Kubernetes specification and by the rules.
The package ships its JSON Schema as expectations.schema.json.

Outputs:
${expectationOutputs.map(({ name, description }) => `  ${name.padEnd(14)} ${description}`).join("\n")}

Examples:
  anpm test -f cluster.yaml expectations.yaml               exit 1 when one fails, and why
  anpm test -f cluster.yaml -o junit expectations.yaml > report.xml
  anpm test -f policies/ --npm v1.5.50 -o github expectations.yaml
  kubectl get ns,pods,netpol -A -o json | anpm test -f - expectations.yaml
`;

/** Adds the options and the action of `anpm test`. */
export function define(command: Command): Command {
  addInputOptions(command, "objects and names")
    .addArgument(new Argument("<expectations...>", "files of expectations, or - for standard input"))
    .addOption(
      new Option("-o, --output <format>", "how to print it")
        .choices(expectationOutputs.map(({ name }) => name))
        .default("text"),
    );
  return addEngineOptions(command)
    .addHelpText("after", help)
    .action((paths: readonly string[], _: unknown, self: Command) =>
      testCommand(paths, self.optsWithGlobals<Options>()),
    );
}

interface Options extends ClusterOptions {
  readonly output: string;
}

function testCommand(paths: readonly string[], options: Options): void {
  if ([...paths, ...(options.filename ?? [])].filter((path) => path === "-").length > 1) {
    throw new Failure([diagnostic("stdin-twice", {})]);
  }
  const { expectations, diagnostics: found } = readExpectations(paths);
  const { checked, ...report } = withMistakes(found.filter(isError), () =>
    compileManifests({ ...options, otherNamespaces: "kept" }, "checking expectations", ({ result, ...others }) => ({
      ...others,
      checked: checkExpectations(expectations, {
        objects: result.objects,
        ...(result.specification && { specification: result.specification }),
        tables: result.tables,
        ...(options.namespace !== undefined && { namespace: options.namespace }),
      }),
    })),
  );
  const diagnostics = [...report.diagnostics, ...sortDiagnostics([...found, ...checked.diagnostics])];
  if (diagnostics.some(isError)) throw new Failure(diagnostics);
  const output = expectationOutputs.find(({ name }) => name === options.output)!;
  process.stdout.write(output.print(checked));
  writeReport({ diagnostics, summary: report.summary }, options.diagnostics);
  if (checked.results.some(({ failures }) => failures.length > 0)) process.exitCode = exitCodes.findings;
}

interface ReadExpectations {
  readonly expectations: readonly Expectation[];
  readonly diagnostics: readonly Diagnostic[];
}

function readExpectations(paths: readonly string[]): ReadExpectations {
  const read = paths.map((path): ReadExpectations => {
    const found = readFile(path);
    return "error" in found ? { expectations: [], diagnostics: [found.error] } : parseExpectations(found.source);
  });
  return {
    expectations: read.flatMap(({ expectations }) => expectations),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** What is wrong with the manifests is said together with the mistakes that are known already. */
function withMistakes<Made>(mistakes: readonly Diagnostic[], make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof Failure) throw new Failure([...error.diagnostics, ...mistakes]);
    throw error;
  }
}
