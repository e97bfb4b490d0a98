import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";

const vectors = join(import.meta.dirname, "../../../shared/vectors");
const present = existsSync(vectors);
if (!present) console.warn("dumps of real nodes are not compared: ../shared/vectors is not there");

const dumps = present
  ? readdirSync(vectors, { recursive: true, encoding: "utf8" }).filter((path) => /expected|dumps|existing$/.test(path))
  : [];

describe.skipIf(!present)("dumps of real nodes print back as they were", { timeout: 60_000 }, () => {
  test("iptables-save", () => {
    const paths = dumps.filter((path) => /iptables-save(\.legacy)?$|\/existing$|iptablesave-v2$/.test(path));
    expect(paths.length).toBeGreaterThan(1000);
    for (const path of paths) {
      const text = readFileSync(join(vectors, path), "utf8");
      const { chains, problems } = parseIptablesSave(text);
      expect(problems, path).toEqual([]);
      // Written by hand, in an order of its own.
      if (path.endsWith("/existing")) continue;
      expect(printIptablesSave({ chains }), path).toBe(filterOf(text));
    }
  });

  test("ipset save", () => {
    const paths = dumps.filter((path) => path.endsWith("ipset-save"));
    expect(paths.length).toBeGreaterThan(1000);
    for (const path of paths) {
      const text = readFileSync(join(vectors, path), "utf8");
      const { sets, others, problems } = parseIpsetSave(text);
      expect({ problems, others }, path).toEqual({ problems: [], others: [] });
      expect(printIpsetSave(sets), path).toBe(text.replace(/hashsize \d+/g, "hashsize 1024"));
    }
  });
});

/** The filter table of a dump without comment lines and counters. */
function filterOf(text: string): string {
  const table = /^\*filter\n[^]*?^COMMIT$/m.exec(text)?.[0] ?? "";
  return `${table}\n`.replace(/^#.*\n/gm, "").replace(/^(:\S+ \S+) \[\d+:\d+\]$/gm, "$1 [0:0]");
}
