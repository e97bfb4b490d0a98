import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { loadState, meaningOf, stateOf, type Meaning } from "./meaning.js";
import { withNamespace, type Namespace } from "./namespace.js";

export interface KillTrial {
  /** Brings the namespace to the old state. */
  readonly prepare: (namespace: Namespace) => void;
  readonly script: string;
  /** What is run after the disturbance; absent: the same script. */
  readonly next?: string;
  readonly ownership: Ownership;
}

export interface KillReport {
  /** Commands that read or change the kernel, in one undisturbed run. */
  readonly steps: number;
  readonly trials: number;
  /** What was wrong, one line each; empty when the script keeps its promise. */
  readonly failures: readonly string[];
}

/**
 * Runs a script once for each of its commands and each way to be disturbed there: its shell is killed after the command, the
 * command does half of its work and then the shell is killed (`ipset restore` only, the rest is atomic), the command
 * fails. After each, the rules in force must mean the old state or the new one, and an undisturbed run of the next script must
 * reach what it reaches when nothing was disturbed.
 */
export function killAtEveryStep(trial: KillTrial): KillReport {
  const folder = mkdtempSync(join(tmpdir(), "anpm-kill-"));
  try {
    writeShims(folder);
    const failures: string[] = [];
    const next = trial.next ?? trial.script;
    const look = (namespace: Namespace): Meaning => meaningOf(stateOf(namespace), trial.ownership);
    const undisturbed = withNamespace((namespace) => {
      trial.prepare(namespace);
      const old = stateOf(namespace);
      const { exitCode, stderr } = runShimmed(namespace, folder, trial.script);
      if (exitCode !== 0) throw new Error(`the undisturbed run failed: ${stderr}`);
      const calls = callsOf(folder);
      const after = look(namespace);
      runShimmed(namespace, folder, next);
      return { old, before: meaningOf(old, trial.ownership), after, end: look(namespace), calls };
    });
    const allowed = new Set([undisturbed.before.rules, undisturbed.after.rules]);
    // While both flavours hold rules of the owner, a packet passes when the old and the new state let it pass.
    allowed.add(undisturbed.before.either(undisturbed.after));
    let trials = 0;
    undisturbed.calls.forEach((call, index) => {
      for (const way of waysToDisturb(call)) {
        trials += 1;
        const where = `${way} ${index + 1} (${call})`;
        withNamespace((namespace) => {
          loadState(namespace, undisturbed.old);
          runShimmed(namespace, folder, trial.script, { step: index + 1, way });
          const disturbed = look(namespace);
          if (!allowed.has(disturbed.rules)) failures.push(`${where}: neither old nor new:\n${disturbed.rules}`);
          const again = runShimmed(namespace, folder, next);
          if (again.exitCode !== 0) failures.push(`${where}: the next run failed: ${again.stderr}`);
          const repaired = look(namespace);
          if (repaired.everything !== undisturbed.end.everything) {
            failures.push(`${where}: the next run does not reach its state:\n${repaired.everything}`);
          }
        });
      }
    });
    return { steps: undisturbed.calls.length, trials, failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A kill after a command that only reads is a kill after the one before. */
function waysToDisturb(call: string): string[] {
  if (call.startsWith("ipset restore")) return ["after", "half", "fail"];
  return /-restore /.test(call) ? ["after", "fail"] : ["fail"];
}

const shimmed = ["ipset", ...["nft", "legacy"].flatMap((f) => [`iptables-${f}-save`, `iptables-${f}-restore`])];

/** Commands that stand before the real ones in PATH, count themselves, and disturb when it is their turn. */
function writeShims(folder: string): void {
  for (const tool of shimmed) {
    const shim = `#!/bin/sh
echo "${tool} $*" >>"$SHIM_FOLDER/calls"
PATH=$SHIM_PATH
turn=$(grep -c . "$SHIM_FOLDER/calls")
[ "$turn" = "$SHIM_STEP" ] || exec ${tool} "$@"
case $SHIM_WAY in
  fail) echo "no luck" >&2; exit 1 ;;
  half) cat >"$SHIM_FOLDER/input"
    head -n $(($(grep -c . "$SHIM_FOLDER/input") / 2)) "$SHIM_FOLDER/input" | ${tool} "$@" ;;
  after) ${tool} "$@" ;;
esac
kill -9 "$(cat "$SHIM_FOLDER/pid")"
`;
    writeFileSync(join(folder, tool), shim, { mode: 0o755 });
  }
}

function runShimmed(
  namespace: Namespace,
  folder: string,
  script: string,
  disturbance: { step: number; way: string } = { step: 0, way: "" },
): { exitCode: number; stderr: string } {
  writeFileSync(join(folder, "calls"), "");
  writeFileSync(join(folder, "script"), script);
  const path = process.env["PATH"] ?? "";
  return namespace.run("sh", ["-c", 'echo $$ >"$SHIM_FOLDER/pid"; exec dash "$SHIM_FOLDER/script"'], {
    mayFail: true,
    env: {
      PATH: `${folder}:${path}`,
      TMPDIR: folder,
      SHIM_FOLDER: folder,
      SHIM_PATH: path,
      SHIM_STEP: String(disturbance.step),
      SHIM_WAY: disturbance.way,
    },
  });
}

function callsOf(folder: string): string[] {
  return readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");
}
