import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { execaSync } from "execa";
import { iptablesOf } from "../../compiler/netfilter/versions.js";
import type { IpVersion } from "../../compiler/text/ip-version.js";
import type { TableName } from "../../compiler/netfilter/tables.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import { cut, meaningOf, readState, tableIn, tablesOf, stateFrom, stateOf, type State } from "./meaning.js";
import { gapBetween } from "./connections.js";
import { emptyTable, type Flavour } from "./read-back.js";
import { withNamespace, type Namespace } from "./namespace.js";

export interface KillTrial {
  /** Brings the namespace to the old state. */
  readonly prepare: (namespace: Namespace) => void;
  readonly script: string;
  /** What is run after the disturbance; absent: the same script. */
  readonly next?: string;
  readonly ownership: Ownership;
  /** The version of IP whose tables are looked at; 4 otherwise. */
  readonly version?: IpVersion;
  /** Rules in between need not be the old or the new ones: what counts is that no connection sees a gap, by the rules of this flavour. */
  readonly byConnections?: Flavour;
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
    const { version = 4 } = trial;
    const { tables: names } = trial.ownership;
    const old = withNamespace((namespace) => {
      trial.prepare(namespace);
      return stateOf(namespace, names, version);
    });
    writeShims(folder, version);
    writeState(folder, old, names);
    writeFileSync(join(folder, "script"), trial.script);
    writeFileSync(join(folder, "next"), trial.next ?? trial.script);

    const undisturbed = runTrial(folder, names, version);
    if (undisturbed.errors !== "") throw new Error(`the undisturbed run failed: ${undisturbed.errors}`);
    const calls = readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");
    const before = meaningOf(old, trial.ownership);
    const after = meaningOf(undisturbed.first, trial.ownership);
    const end = meaningOf(undisturbed.second, trial.ownership);
    // While both flavours hold rules of the owner, a packet passes when the old and the new state let it pass.
    // The kernel commits one table at a time: each must be as before or as after.
    const either = before.either(after);
    const isAllowed = (rules: readonly string[]): boolean =>
      rules.every((text, index) => [before.rules, after.rules, either].some((those) => those[index] === text));

    const tables = (state: State): TracedTables => tablesOf(state, trial.byConnections ?? "nft");

    const failures: string[] = [];
    let trials = 0;
    calls.forEach((call, index) => {
      for (const way of waysToDisturb(call)) {
        trials += 1;
        const where = `${way} ${index + 1} (${call})`;
        const { first, second, errors } = runTrial(folder, names, version, { step: index + 1, way });
        const { rules } = meaningOf(first, trial.ownership);
        if (!isAllowed(rules)) {
          const gap = trial.byConnections
            ? gapBetween(tables(old), tables(undisturbed.first), tables(first))
            : `neither old nor new:\n${rules.join("\n")}`;
          if (gap !== undefined) failures.push(`${where}: ${gap}`);
        }
        if (errors !== "") failures.push(`${where}: the next run failed: ${errors}`);
        const { everything } = meaningOf(second, trial.ownership);
        if (everything !== end.everything)
          failures.push(`${where}: the next run does not reach its state:\n${everything}`);
      }
    });
    return { steps: calls.length, trials, failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A kill after a command that only reads is a kill after the one before. */
function waysToDisturb(call: string): string[] {
  if (call.startsWith("ipset restore")) return ["after", "half", "fail"];
  return /-restore /.test(call) ? ["after", "fail"] : ["fail"];
}

/** Commands that stand before the real ones in PATH, count themselves, and disturb when it is their turn. */
function writeShims(folder: string, version: IpVersion): void {
  const iptables = ["nft", "legacy"].map((flavour) => `${iptablesOf(version)}-${flavour}`);
  for (const tool of ["ipset", ...iptables.flatMap((each) => [`${each}-save`, `${each}-restore`])]) {
    const shim = `#!/bin/sh
echo "${tool} $*" >>"$SHIM_FOLDER/calls"
PATH=$SHIM_PATH
[ -n "$SHIM_STEP" ] && [ "$(grep -c . "$SHIM_FOLDER/calls")" = "$SHIM_STEP" ] || exec ${tool} "$@"
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

function writeState(folder: string, state: State, tables: readonly TableName[]): void {
  writeFileSync(join(folder, "old.sets"), state.sets);
  for (const flavour of ["nft", "legacy"] as const) {
    const filled = tables.map((table) => [table, tableIn(state[flavour], table)] as const);
    const text = filled.map(([table, its]) => (its === emptyTable(table) ? "" : its)).join("");
    writeFileSync(join(folder, `old.${flavour}`), text);
  }
}

/** All of a trial in one process with a namespace that ends with it: old state, disturbed script, look, next script, look. */
const trialScript = (iptables: string, look: string): string => `
cd "$SHIM_FOLDER"
[ ! -s old.sets ] || ipset restore <old.sets || exit
[ ! -s old.nft ] || ${iptables}-nft-restore <old.nft || exit
[ ! -s old.legacy ] || ${iptables}-legacy-restore <old.legacy || exit
: >calls
PATH=$SHIM_FOLDER:$PATH sh -c 'echo $$ >"$SHIM_FOLDER/pid"; exec dash script' 2>first-errors
first=$?
${look}
dash next 2>next-errors || cat next-errors >&2
[ -n "$SHIM_STEP" ] || [ "$first" = 0 ] || cat first-errors >&2
echo "${cut}"
${look}
`;

function runTrial(
  folder: string,
  tables: readonly TableName[],
  version: IpVersion,
  disturbance?: { step: number; way: string },
): { first: State; second: State; errors: string } {
  const script = trialScript(iptablesOf(version), readState(tables, version));
  const { stdout, stderr } = execaSync("unshare", ["--net", "sh", "-c", script], {
    stripFinalNewline: false,
    env: {
      TMPDIR: folder,
      SHIM_FOLDER: folder,
      SHIM_PATH: process.env["PATH"] ?? "",
      SHIM_STEP: disturbance ? String(disturbance.step) : "",
      SHIM_WAY: disturbance?.way ?? "",
    },
  });
  const parts = stdout.split(`${cut}\n`);
  return { first: stateFrom(parts.slice(0, 3), tables), second: stateFrom(parts.slice(3, 6), tables), errors: stderr };
}
