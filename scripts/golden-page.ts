import { readFileSync } from "node:fs";
import {
  azureNpm,
  byAddress,
  clusterOf,
  holdsTraffic,
  matrixOf,
  outputs,
  printIptablesSave,
  readBack,
  reachByRules,
  reachBySpec,
  type CompileResult,
  type Chain,
  type GenerationInfo,
  type Matrix,
  type ReplayResult,
} from "../compiler/index.js";
import { readStepsCases, replayCase } from "./golden-steps.js";

/** The page for those who want to see one policy in all generations. */
export const pagePath = "golden/README.md";

/** The case that the page tells of. */
const told = "aks-steps";

/**
 * The page with everything between `<!-- shown: WHAT -->` and `<!-- end -->` as it is now: what people wrote stays, what they quote
 * comes from the case.
 */
export function page(text: string): string {
  const shown = makePieces();
  return text.replace(
    /(<!-- shown: (.+?) -->\n)[^]*?(<!-- end -->)/g,
    (_, head: string, what: string, end: string) => `${head}\n${shown(what.split(" "))}\n${end}`,
  );
}

function makePieces(): (words: readonly string[]) => string {
  const golden = readStepsCases().find(({ name }) => name === told)!;
  const results = new Map(generations().map(({ id }) => [id, replayCase(golden, id).result!]));
  const indexOf = (number = ""): number => golden.steps.findIndex((step) => step.number === number);
  return ([what, ...words]) => {
    const [id = "", number, voice] = words;
    switch (what) {
      case "generations":
        return generationTable();
      case "step":
        return block("yaml", readFileSync(`${golden.folder}/steps/${golden.steps[indexOf(id)]!.name}`, "utf8"));
      case "reach":
        return reachTable(results, indexOf(id));
      case "counts":
        return countTable(results);
      case "rules":
        return block("text", rulesOfPolicies(results.get(id)!.steps[indexOf(number)]!));
      case "log":
        return block(
          "text",
          logOfStep(results.get(id)!.steps[indexOf(number)]!, voice === "classic" ? voice : "exact"),
        );
      default:
        throw new Error(`${pagePath} asks for ${what}`);
    }
  };
}

function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\`\`\`\n`;
}

/** Oldest first; a switch of another generation is none of its own. */
function generations(): readonly GenerationInfo[] {
  const infos = azureNpm.generations.map((id) => azureNpm.describe(id).info!);
  return infos.filter(({ id }) => id !== "v1-ctstate").toReversed();
}

function generationTable(): string {
  const rows = generations().map(({ id, from, until, releases, summary }) => {
    return `| [\`${id}\`](#${id}) | ${from} to ${until ?? "now"} | ${releases} | ${summary} |`;
  });
  return ["| generation | time | releases | what changed |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

/** Who may open a TCP connection to whom after a step: by the specification, and by the rules of each generation. */
function reachTable(results: ReadonlyMap<string, ReplayResult>, step: number): string {
  const first = [...results.values()][0]!.steps[step]!;
  const cluster = clusterOf(first.objects);
  const specification = matrixOf(cluster, reachBySpec(cluster));
  const matrices: [string, Matrix][] = [...results].map(([id, { steps }]) => {
    const { tables, objects } = steps[step]!;
    return [`\`${id}\``, matrixOf(clusterOf(objects), byAddress(reachByRules(readBack(tables))))];
  });
  const judges: readonly (readonly [string, Matrix])[] = [["Kubernetes", specification], ...matrices];
  const names = specification.endpoints.map(({ name }) => name);
  const pairs = names
    .flatMap((_, from) => names.map((__, to) => [from, to] as const))
    .filter(([from, to]) => from !== to);
  const rows = pairs.map(([from, to]) => {
    const cells = judges.map(([, matrix]) => (passes(matrix, from, to) ? "yes" : "no"));
    const marked = cells.map((cell) => (cell === cells[0] ? cell : `**${cell}**`));
    return `| ${names[from]} → ${names[to]} | ${marked.join(" | ")} |`;
  });
  return [
    `| new connection | ${judges.map(([name]) => name).join(" | ")} |`,
    `| --- | ${judges.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
  ].join("\n");
}

function passes(matrix: Matrix, from: number, to: number): boolean {
  return holdsTraffic(matrix.passage(from, to)!.allowed, "tcp", 80);
}

/** What of NPM's is on the node after each step. */
function countTable(results: ReadonlyMap<string, ReplayResult>): string {
  const { steps } = [...results.values()][0]!;
  const rows = [...results].map(([id, result]) => {
    const cells = result.steps.map(({ tables: { chains, sets } }) => {
      const own = chains.filter(({ name }) => name.startsWith("AZURE-NPM"));
      const rules = own.reduce((sum, chain) => sum + chain.rules.length, 0);
      return `${own.length}, ${rules}, ${sets.length}`;
    });
    return `| \`${id}\` | ${cells.join(" | ")} |`;
  });
  const head = steps.map(({ name }) => name.replace(/\..*/, ""));
  return [
    `| chains, rules, sets after | ${head.join(" | ")} |`,
    `| --- | ${head.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
  ].join("\n");
}

/** The rules that look at a set, those of the chains that they lead to, and what people call the sets. */
function rulesOfPolicies({ tables }: CompileResult): string {
  const reached = new Set(
    tables.chains.flatMap(rulesWithSets).flatMap(({ target }) => (target?.kind === "jump" ? [target.to] : [])),
  );
  const chains = tables.chains.map((chain) =>
    reached.has(chain.name) ? chain : { ...chain, rules: rulesWithSets(chain) },
  );
  const lines = printIptablesSave({ chains }).replace(/^[^-].*\n/gm, "");
  const named = tables.sets.filter(({ name }) => lines.includes(` ${name} `));
  return lines + named.map(({ name, readableName }) => `# ${name} is ${readableName}\n`).join("");
}

function rulesWithSets({ rules }: Chain): Chain["rules"] {
  return rules.filter(({ matches }) => matches.some(({ kind }) => kind === "set"));
}

function logOfStep(step: CompileResult, voice: "exact" | "classic"): string {
  return outputs.find(({ name }) => name === "log")!.print(step, { voice });
}
