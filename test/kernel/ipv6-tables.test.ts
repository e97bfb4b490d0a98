import { execaSync } from "execa";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "../../compiler/netfilter/print-iptables-save.js";
import type { TableName, Tables } from "../../compiler/netfilter/tables.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { cut } from "../../scripts/kernel/meaning.js";
import { whyNoKernel } from "../../scripts/kernel/namespace.js";
import { plainTable, sortSets, type Flavour } from "../../scripts/kernel/read-back.js";

const reason = whyNoKernel();
if (reason) console.warn(`kernel tests are skipped: ${reason}`);

const cases = readCases().filter(({ options }) => options.ipv6);

describe.skipIf(reason)("a kernel prints the four tables of IPv6 and their sets back", { timeout: 60_000 }, () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$name", (golden) => {
    for (const generation of golden.generations) {
      const { ipv6 } = compileCase(golden, generation).result!.tables;
      const texts = [
        printIptablesSave(ipv6!),
        ...ipv6!.others!.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(printOtherTable),
      ];
      for (const flavour of ["legacy", "nft"] as const) {
        const found = load(ipv6!, texts, flavour);
        expect(found.tables, `${generation}, ${flavour}`).toEqual(texts);
        expect(found.sets, `${generation}, ${flavour}`).toBe(sortSets(printIpsetSave(ipv6!.sets)));
      }
    }
  });
});

/** What a kernel holds that was given the sets and the tables, in a network namespace that ends with the process. */
function load(
  { sets }: Pick<Tables, "sets">,
  texts: readonly string[],
  flavour: Flavour,
): { tables: readonly string[]; sets: string } {
  const folder = mkdtempSync(join(tmpdir(), "anpm-ipv6-"));
  try {
    writeFileSync(join(folder, "sets"), printIpsetSave(sets));
    writeFileSync(join(folder, "tables"), texts.join(""));
    const names = texts.map((text) => /^\*(\w+)/.exec(text)![1] as TableName);
    const save = names.map((name) => `ip6tables-${flavour}-save -t ${name}; echo "${cut}"`);
    const steps = ["ipset restore <sets", `ip6tables-${flavour}-restore <tables`, ...save, "ipset save"];
    const { stdout } = execaSync("unshare", ["--net", "sh", "-ec", steps.join("\n")], {
      cwd: folder,
      stripFinalNewline: false,
    });
    const parts = stdout.split(`${cut}\n`);
    return { tables: names.map((name, index) => plainTable(name, parts[index]!)), sets: sortSets(parts.at(-1)!) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
