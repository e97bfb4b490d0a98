import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { azureNpm, engines, outputs, replay, type Replay, type ReplayStep } from "../compiler/index.js";
import { printStderr } from "./golden-stderr.js";

/** A folder of golden/ with `steps/`: what happens to a node, beside what each generation makes of it. */
export interface StepsCase {
  readonly name: string;
  readonly folder: string;
  /** First line of the file `title`. */
  readonly title: string;
  readonly steps: readonly NumberedStep[];
}

export interface NumberedStep extends ReplayStep {
  /** `03` of `03-apply-policy.yaml`. */
  readonly number: string;
}

/** The cases with steps, by name. */
export function readStepsCases(golden = "golden"): readonly StepsCase[] {
  const names = readdirSync(golden).filter((name) => existsSync(join(golden, name, "steps")));
  return names.toSorted().map((name) => {
    const folder = join(golden, name);
    const title = readFileSync(join(folder, "title"), "utf8").split("\n", 1)[0]!;
    return { name, folder, title, steps: stepsOf(join(folder, "steps")) };
  });
}

function stepsOf(folder: string): readonly NumberedStep[] {
  return readdirSync(folder)
    .toSorted()
    .map((name): NumberedStep => {
      const [, number = "", action = ""] = /^(\d\d)-(apply|delete|reconcile)/.exec(name) ?? [];
      if (action === "") throw new Error(`${folder}/${name} is no step`);
      const text = readFileSync(join(folder, name), "utf8");
      return { number, name, action: action as ReplayStep["action"], sources: [{ name, text }] };
    });
}

/** The steps on a node of a generation. */
export function replayCase({ steps }: StepsCase, generation: string): Replay {
  return replay(steps, { generation });
}

/**
 * Path below the folder of the case → text: per generation what `anpm replay --out-dir` writes, `v2/03/iptables-save` and
 * `v2/restore`, the log in both voices, and `stderr` where there is more to say than counts; of other engines the log.
 */
export function stepsFiles(golden: StepsCase): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const generation of azureNpm.generations) {
    const replayed = replayCase(golden, generation);
    const stderr = printStderr(replayed);
    if (stderr !== "") files.set(`${generation}/stderr`, stderr);
    for (const [index, step] of (replayed.result?.steps ?? []).entries()) {
      for (const name of ["iptables-save", "ipset-save"]) {
        files.set(`${generation}/${golden.steps[index]!.number}/${name}`, outputNamed(name).print(step, {}));
      }
    }
    if (!replayed.result) continue;
    const { whole } = replayed.result;
    files.set(`${generation}/restore`, outputNamed("restore").print(whole, {}));
    files.set(`${generation}/azure-npm.log`, outputNamed("log").print(whole, {}));
    files.set(`${generation}/azure-npm.classic.log`, outputNamed("log").print(whole, { voice: "classic" }));
  }
  for (const [name, text] of otherLogs(golden)) files.set(name, text);
  return files;
}

/** What other engines log of the same: `calico-2019/calico-node.log`, of generations whose log is known. */
function otherLogs({ steps }: StepsCase): readonly (readonly [string, string])[] {
  return engines
    .filter((engine) => engine !== azureNpm)
    .flatMap(({ id, generations }) => generations.map((generation) => ({ engine: id, generation })))
    .flatMap((options) => {
      const { machine, whole } = replay(steps, options).result!;
      const isKnown = machine.voice.release === machine.voice.tag;
      return isKnown
        ? [[`${options.generation}/${machine.logFile}`, outputNamed("log").print(whole, {})] as const]
        : [];
    });
}

/** Paths below the folder of a case that people do not write. */
export function writtenFiles({ folder }: StepsCase): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path !== "title" && !path.startsWith("steps") && statSync(join(folder, path)).isFile(),
  );
}

function outputNamed(name: string) {
  return outputs.find((output) => output.name === name)!;
}
