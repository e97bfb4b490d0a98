import fc from "fast-check";
import { expect, test } from "vitest";
import { azureNpm } from "../../compiler/engines/azure-npm/azure-npm.js";
import { diff } from "../../compiler/diff/diff.js";
import { diffTables } from "../../compiler/netfilter/tables-difference.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { textOf, versionOf, versionPairs } from "./versions.js";

test("a version can be compared again: its node goes on for the log, its tables stay, and another node says the same", () => {
  let said = 0;
  fc.assert(
    fc.property(versionPairs, fc.constantFrom(...azureNpm.generations), ([before, after], generation) => {
      const [old, young] = [before, after].map((manifests) => versionOf(textOf(manifests), { generation }));
      const text = () => `${printIptablesSave(old!.result.tables)}${printIpsetSave(old!.result.tables.sets)}`;
      const tables = text();
      const first = diff(old!, young!);
      const log = first.log();
      expect(first.log()).toEqual(log);
      expect(text()).toBe(tables);
      const second = diff(old!, young!);
      expect(second.log()).toEqual(log);
      expect(second.pairs).toEqual(first.pairs);
      said += Number(log.length > 0);
    }),
    { numRuns: 30 },
  );
  expect(said).toBeGreaterThan(20);
});

test("tables differ by what they hold: chains of policies that nobody edited are passed over, and none of them differs", () => {
  let unedited = 0;
  fc.assert(
    fc.property(versionPairs, fc.constantFrom(...azureNpm.generations), ([before, after], generation) => {
      const [old, young] = [before, after].map((manifests) => versionOf(textOf(manifests), { generation }));
      const found = diff(old!, young!);
      unedited += [...found.unedited].filter((name) => name.startsWith("NetworkPolicy ")).length;
      expect(found.tables).toEqual(diffTables(old!.result.tables, young!.result.tables));
    }),
    { numRuns: 60 },
  );
  expect(unedited).toBeGreaterThan(40);
});
