import { expect } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import type { Chain, Tables } from "../../compiler/netfilter/tables.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { readIpset, readIptables, sortMembers, type Flavour } from "../../scripts/kernel/read-back.js";

/**
 * Applies tables in a namespace that holds just the other people's rules among them, twice, and takes them away again. Fails
 * unless the kernel prints exactly what anpm prints, after each of the two, and after undo nothing but other people's rules.
 */
export function assertKernelRoundTrip(tables: Tables, ownership: Ownership, flavour: Flavour): void {
  withNamespace((namespace) => {
    loadOthers(namespace, tables, ownership, flavour);
    const before = readIptables(namespace, flavour);
    for (const time of ["first", "second"]) {
      runScript(namespace, applyScript(tables, ownership, { flavour }));
      expect(readIptables(namespace, flavour), `iptables-save after the ${time} run`).toBe(printIptablesSave(tables));
      expect(readIpset(namespace), `ipset save after the ${time} run`).toBe(sortMembers(printIpsetSave(tables.sets)));
    }
    runScript(namespace, undoScript(ownership, { flavour }));
    expect(readIptables(namespace, flavour), "iptables-save after undo").toBe(before);
    expect(readIpset(namespace), "ipset save after undo").toBe("");
  });
}

/** Feeds a script to a shell, by default the strictest of them. */
export function runScript(namespace: Namespace, script: string, shell: readonly string[] = ["dash"]): void {
  const { exitCode, stdout, stderr } = namespace.run(shell[0]!, shell.slice(1), { input: script, mayFail: true });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
}

/** Puts what is not the owner's into the namespace: all rules but those in its chains and the jumps to them. */
export function loadOthers(namespace: Namespace, tables: Tables, ownership: Ownership, flavour: Flavour): void {
  const chains = othersOf(tables, ownership);
  if (chains.every((chain) => chain.policy && chain.rules.length === 0)) return;
  namespace.run(`iptables-${flavour}-restore`, [], { input: printIptablesSave({ chains }) });
}

function othersOf(tables: Tables, { chainPrefix }: Ownership): Chain[] {
  return tables.chains
    .filter((chain) => !chain.name.startsWith(chainPrefix))
    .map((chain) => ({
      ...chain,
      rules: chain.rules.filter(({ target }) => !(target && "to" in target && target.to.startsWith(chainPrefix))),
    }));
}
