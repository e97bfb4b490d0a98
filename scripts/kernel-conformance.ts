import { parseArgs } from "node:util";
import {
  applyScript,
  engines,
  printIpsetSave,
  undoScript,
  type CompileResult,
  type Flavour,
} from "../compiler/index.js";
import { chainsOf, ownChains } from "../compiler/netfilter/owned.js";
import { printChains } from "../compiler/netfilter/print-iptables-save.js";
import { compileCase, readCases, type GoldenCase } from "./golden-cases.js";
import { killAtEveryStep, type KillReport } from "./kernel/kill-at-every-step.js";
import { whyNoKernel, type Namespace } from "./kernel/namespace.js";
import { readIpset, readTable, sortSets } from "./kernel/read-back.js";

/**
 * Tries the scripts of the golden cases in the kernel, killed or disturbed at every step: apply on a node that holds another
 * case's rules, the case before it by name, and undo. Slow, some ten seconds for each case and flavour.
 *
 *     node dist/scripts/kernel-conformance.js [--engine ID]... [--case NAME]... [--generation ID]... [--flavour nft|legacy]...
 *
 * Without options: all cases, the default generation of each engine, both flavours. Exit codes: 0 fine, 1 a promise broken, 3 no kernel to
 * try it in.
 */
const { values } = parseArgs({
  options: {
    engine: { type: "string", multiple: true },
    case: { type: "string", multiple: true },
    generation: { type: "string", multiple: true },
    flavour: { type: "string", multiple: true },
  },
});

const reason = whyNoKernel();
if (reason) {
  console.error(`kernel-conformance: ${reason}`);
  process.exit(3);
}

let trials = 0;
let broken = 0;
let cases = 0;
const flavours = (["nft", "legacy"] as const).filter((flavour) => values.flavour?.includes(flavour) ?? true);
const chosen = engines.filter(({ id }) => values.engine?.includes(id) ?? true);
for (const [flavour, engine] of flavours.flatMap((each) => chosen.map((engine) => [each, engine] as const))) {
  for (const generation of values.generation ?? [engine.generations[0]!]) {
    let before: CompileResult | undefined;
    for (const golden of readCases().filter(({ options }) => (options.engine ?? engines[0]!.id) === engine.id)) {
      const result = compiled(golden, generation, flavour);
      if (!result) continue;
      if (!values.case || values.case.includes(golden.name)) tryCase(golden.name, generation, flavour, before, result);
      before = result;
    }
  }
}
console.log(
  `${cases} cases, ${trials} kills and failures: ${broken === 0 ? "every promise kept" : `${broken} broken`}`,
);
process.exitCode = broken === 0 ? 0 : 1;

function compiled(golden: GoldenCase, generation: string, flavour: Flavour): CompileResult | undefined {
  if (!golden.generations.includes(generation)) return undefined;
  return compileCase(golden, generation, flavour).result;
}

function tryCase(
  name: string,
  generation: string,
  flavour: Flavour,
  before: CompileResult | undefined,
  { tables, machine: { ownership } }: CompileResult,
): void {
  const script = applyScript(tables, ownership, { flavour });
  const old = before && applyScript(before.tables, before.machine.ownership, { flavour });
  const prepare = (namespace: Namespace): void => {
    if (old) namespace.run("dash", [], { input: old });
  };
  const applied = killAtEveryStep({ prepare, script, ownership });
  const removed = killAtEveryStep({
    prepare: (namespace) => {
      namespace.run("dash", [], { input: script });
      for (const table of ownership.tables) {
        const own = ownChains(chainsOf(tables, table), ownership);
        expectEqual(name, ownRules(readTable(namespace, flavour, table), ownership.chainPrefix), printChains(own));
      }
      expectEqual(name, sortSets(readIpset(namespace)), sortSets(printIpsetSave(tables.sets)));
    },
    script: undoScript(ownership, { flavour }),
    ownership,
  });
  cases += 1;
  report(`${name} ${generation} ${flavour} apply`, applied);
  report(`${name} ${generation} ${flavour} undo`, removed);
}

/** The lines of a dump that are about chains with a prefix. */
function ownRules(save: string, prefix: string): string {
  const own = save.split("\n").filter((line) => line.startsWith(`:${prefix}`) || line.startsWith(`-A ${prefix}`));
  return own.map((line) => `${line}\n`).join("");
}

function expectEqual(name: string, found: string, expected: string): void {
  if (found === expected) return;
  broken += 1;
  console.error(`${name}: the kernel holds\n${found}\ninstead of\n${expected}`);
}

function report(title: string, { steps, trials: done, failures }: KillReport): void {
  trials += done;
  broken += failures.length;
  console.log(`${failures.length === 0 ? "ok  " : "FAIL"} ${title}: ${steps} steps, ${done} kills and failures`);
  for (const failure of failures) console.error(failure);
}
