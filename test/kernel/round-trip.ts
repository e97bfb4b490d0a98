import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { expect } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "../../compiler/netfilter/print-iptables-save.js";
import { chainsOf, isHook, isOwnChain } from "../../compiler/netfilter/owned.js";
import type { Chain, TableName, Tables } from "../../compiler/netfilter/tables.js";
import { iptablesOf, versionsOf } from "../../compiler/netfilter/versions.js";
import { undoScript } from "../../compiler/netfilter/undo-script.js";
import { cut } from "../../scripts/kernel/meaning.js";
import { withNamespace, type Namespace } from "../../scripts/kernel/namespace.js";
import { emptyTable, plainTable, sortMembers, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";
import type { IpVersion } from "../../compiler/text/ip-version.js";

/**
 * Applies tables in a namespace that holds just the other people's rules among them, twice, and takes them away again. Fails
 * unless the kernel prints exactly what anpm prints, after each of the two, and after undo nothing but other people's rules.
 */
export function assertKernelRoundTrip(tables: Tables, ownership: Ownership, flavour: Flavour): void {
  const versions = versionsOf(tables);
  const all = versions.flatMap(({ version, tables: own }) =>
    ownership.tables.map((table) => ({ version, table, chains: chainsOf(own, table) })),
  );
  const others = (version: IpVersion): string =>
    all
      .filter((each) => each.version === version)
      .map(({ table, chains }) => printTable(table, othersOf(chains, ownership)))
      .join("");
  const [before, first, second, undone] = runAll(flavour, all, {
    others: others(4),
    others6: others(6),
    apply: applyScript(tables, ownership, { flavour }),
    undo: undoScript(ownership, { flavour }),
  });
  for (const [found, time] of [[first!, "first"] as const, [second!, "second"] as const]) {
    all.forEach(({ version, table, chains }, index) => {
      const text = printTable(table, chains);
      expect(found.tables[index], `${iptablesOf(version)}-save -t ${table} after the ${time} run`).toBe(text);
    });
    const sets = versions.flatMap(({ tables: own }) => own.sets);
    expect(found.sets, `ipset save after the ${time} run`).toBe(sortSets(printIpsetSave(sets)));
  }
  expect(undone, "after undo").toEqual(before);
  expect(before!.sets, "before the first run").toBe("");
}

/** Fails unless the apply script gives up before it changes a rule. */
export function assertRefused(tables: Tables, ownership: Ownership, flavour: Flavour): void {
  withNamespace((namespace) => {
    const input = applyScript(tables, ownership, { flavour });
    const { exitCode, stderr } = namespace.run("dash", [], { input, mayFail: true });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^apply.sh: .* refuses a rule of .*\napply.sh: No rule on this node was changed.\n$/);
    for (const table of ownership.tables) {
      const found = plainTable(table, namespace.run(`iptables-${flavour}-save`, ["-t", table]).stdout);
      expect(found).toBe(emptyTable(table));
    }
  });
}

interface Found {
  /** One for each table asked for. */
  readonly tables: readonly string[];
  readonly sets: string;
}

/** What the kernel prints before, after apply, after apply again, and after undo: one process, and a namespace that ends with it. */
function runAll(
  flavour: Flavour,
  tables: readonly { readonly version: IpVersion; readonly table: TableName }[],
  texts: { readonly others: string; readonly others6: string; readonly apply: string; readonly undo: string },
): Found[] {
  const folder = mkdtempSync(join(tmpdir(), "anpm-round-trip-"));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const saves = tables.map(
      ({ version, table }) => `${iptablesOf(version)}-${flavour}-save -t ${table}; echo "${cut}"`,
    );
    const look = [...saves, `ipset save; echo "${cut}"`].join("; ");
    const steps = [
      ...([4, 6] as const)
        .map((version) => {
          const [tool, file] = [iptablesOf(version), version === 4 ? "others" : "others6"];
          return `${tool}-${flavour}-restore <${file}`;
        })
        .slice(0, texts.others6 === "" ? 1 : 2),
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
    const size = tables.length + 1;
    return [0, 1, 2, 3].map((at) => ({
      tables: tables.map(({ table }, index) => plainTable(table, parts[at * size + index]!)),
      sets: sortSets(sortMembers(parts[at * size + tables.length]!)),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Feeds a script to a shell, by default the strictest of them. */
export function runScript(namespace: Namespace, script: string, shell: readonly string[] = ["dash"]): void {
  const { exitCode, stdout, stderr } = namespace.run(shell[0]!, shell.slice(1), { input: script, mayFail: true });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
}

/** All rules but the owner's. */
function othersOf(chains: readonly Chain[], ownership: Ownership): Chain[] {
  return chains
    .filter((chain) => !isOwnChain(chain, ownership))
    .map((chain) => ({ ...chain, rules: chain.rules.filter((rule) => !isHook(rule, ownership)) }));
}

function printTable(table: TableName, chains: readonly Chain[]): string {
  return table === "filter" ? printIptablesSave({ chains }) : printOtherTable({ name: table, chains });
}
