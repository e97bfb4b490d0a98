import { execaSync } from "execa";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatUnified } from "../../../compiler/diff/formats/format-unified.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../../compiler/netfilter/print-iptables-save.js";
import { textOf, versionOf, versionPairs } from "../versions.js";
import { difference, portChanged, shop } from "./shop.js";

test("is a hunk around each change, of each file that differs", () => {
  const lines = formatUnified(portChanged()).split("\n");
  expect(lines.map((line) => line.replace(/^([-+ ]-A \S+|@@|[-+]{3} \S+).*/, "$1"))).toEqual([
    "--- a/iptables-save",
    "+++ b/iptables-save",
    "@@",
    " -A AZURE-NPM-INGRESS",
    " -A AZURE-NPM-INGRESS-ALLOW-MARK",
    " -A AZURE-NPM-INGRESS-ALLOW-MARK",
    "--A AZURE-NPM-INGRESS-uh5yt9coog",
    "+-A AZURE-NPM-INGRESS-uh5yt9coog",
    " -A AZURE-NPM-INGRESS-uh5yt9coog",
    " COMMIT",
    "",
  ]);
});

test("is empty where nothing differs", () => {
  expect(formatUnified(difference(shop, shop))).toBe("");
});

test("git apply makes of the old texts the new ones, for random pairs of versions", () => {
  const folder = mkdtempSync(join(tmpdir(), "anpm-unified-"));
  let changed = 0;
  try {
    fc.assert(
      fc.property(versionPairs, ([before, after]) => {
        const found = { before: versionOf(textOf(before)), after: versionOf(textOf(after)), ipVersion: 4 } as const;
        const textsOf = ({ result: { tables } }: typeof found.before) => ({
          "iptables-save": printIptablesSave(tables),
          "ipset-save": printIpsetSave(tables.sets),
        });
        for (const [name, text] of Object.entries(textsOf(found.before))) writeFileSync(join(folder, name), text);
        const patch = formatUnified(found);
        if (patch !== "") {
          execaSync("git", ["apply", "--unsafe-paths", "-"], { cwd: folder, input: patch });
          changed += 1;
        }
        for (const [name, text] of Object.entries(textsOf(found.after))) {
          expect(readFileSync(join(folder, name), "utf8")).toBe(text);
        }
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(changed).toBeGreaterThan(20);
}, 60_000);
