import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { expect } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import type { Chain, Tables } from "../../compiler/netfilter/tables.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { cut } from "../../scripts/kernel/meaning.js";
import type { Namespace } from "../../scripts/kernel/namespace.js";
import { plainFilter, sortMembers, type Flavour } from "../../scripts/kernel/read-back.js";

/**
 * Applies tables in a namespace that holds just the other people's rules among them, twice, and takes them away again. Fails
 * unless the kernel prints exactly what anpm prints, after each of the two, and after undo nothing but other people's rules.
 */
export function assertKernelRoundTrip(tables: Tables, ownership: Ownership, flavour: Flavour): void {
  const [before, first, second, undone] = runAll(flavour, {
    others: printIptablesSave({ chains: othersOf(tables, ownership) }),
    apply: applyScript(tables, ownership, { flavour }),
    undo: undoScript(ownership, { flavour }),
  });
  for (const [found, time] of [[first!, "first"] as const, [second!, "second"] as const]) {
    expect(found.rules, `iptables-save after the ${time} run`).toBe(printIptablesSave(tables));
    expect(found.sets, `ipset save after the ${time} run`).toBe(sortMembers(printIpsetSave(tables.sets)));
  }
  expect(undone, "after undo").toEqual(before);
  expect(before!.sets, "before the first run").toBe("");
}

/** What the kernel prints before, after apply, after apply again, and after undo: one process, and a namespace that ends with it. */
function runAll(
  flavour: Flavour,
  texts: { readonly others: string; readonly apply: string; readonly undo: string },
): { rules: string; sets: string }[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-round-trip-"));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const look = `iptables-${flavour}-save -t filter; echo "${cut}"; ipset save; echo "${cut}"`;
    const steps = [
      `iptables-${flavour}-restore <others`,
      look,
      "dash apply",
      look,
      "dash apply",
      look,
      "dash undo",
      look,
    ];
    const { stdout, stderr } = execaSync("unshare", ["--net", "sh", "-ec", steps.join("\n")], {
      cwd: folder,
      stripFinalNewline: false,
    });
    expect(stderr).toBe("");
    const parts = stdout.split(`${cut}\n`);
    return [0, 2, 4, 6].map((at) => ({ rules: plainFilter(parts[at]!), sets: sortMembers(parts[at + 1]!) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Feeds a script to a shell, by default the strictest of them. */
export function runScript(namespace: Namespace, script: string, shell: readonly string[] = ["dash"]): void {
  const { exitCode, stdout, stderr } = namespace.run(shell[0]!, shell.slice(1), { input: script, mayFail: true });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
}

/** All rules but those in the owner's chains and the jumps to them. */
function othersOf(tables: Tables, { chainPrefix }: Ownership): Chain[] {
  return tables.chains
    .filter((chain) => !chain.name.startsWith(chainPrefix))
    .map((chain) => ({
      ...chain,
      rules: chain.rules.filter(({ target }) => !(target && "to" in target && target.to.startsWith(chainPrefix))),
    }));
}
