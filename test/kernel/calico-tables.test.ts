import { execaSync } from "execa";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "../../compiler/netfilter/print-iptables-save.js";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { cut } from "../../scripts/kernel/meaning.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { plainFilter, sortMembers, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const cases = readCases().filter(({ options }) => options.engine === "calico");

describe.skipIf(reason)("a kernel prints all four tables and the sets back", { timeout: 60_000 }, () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(15));

  test.each(cases)("$name", (golden) => {
    for (const generation of golden.generations) {
      const { tables } = compileCase(golden, generation).result!;
      const texts = [
        printIptablesSave(tables),
        ...tables.others!.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(printOtherTable),
      ];
      // iptables-nft refuses what Felix before v3.31 makes of negated networks that are every address, and so does its kernel.
      const flavours: readonly Flavour[] = texts.some((text) => / ! -[sd] 0\.0\.0\.0\/0 /.test(text))
        ? ["legacy"]
        : ["legacy", "nft"];
      for (const flavour of flavours) {
        const found = load(tables, texts, flavour);
        expect(found.tables, `${generation}, ${flavour}`).toEqual(texts);
        expect(found.sets, `${generation}, ${flavour}`).toBe(sortSets(printIpsetSave(tables.sets)));
      }
    }
  });
});

/** What a kernel holds that was given the sets and the tables, in a network namespace that ends with the process. */
function load(tables: Tables, texts: readonly string[], flavour: Flavour): { tables: readonly string[]; sets: string } {
  const folder = mkdtempSync(join(tmpdir(), "anpm-calico-"));
  try {
    writeFileSync(join(folder, "sets"), printIpsetSave(tables.sets));
    writeFileSync(join(folder, "tables"), texts.join(""));
    const names = texts.map((text) => /^\*(\w+)/.exec(text)![1]!);
    const save = names.map((name) => `iptables-${flavour}-save -t ${name}; echo "${cut}"`);
    const steps = ["ipset restore <sets", `iptables-${flavour}-restore <tables`, ...save, "ipset save"];
    const { stdout } = execaSync("unshare", ["--net", "sh", "-ec", steps.join("\n")], {
      cwd: folder,
      stripFinalNewline: false,
    });
    const parts = stdout.split(`${cut}\n`);
    return { tables: parts.slice(0, -1).map(plainFilter), sets: sortSets(sortMembers(parts.at(-1)!)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
