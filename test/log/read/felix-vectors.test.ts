import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LogReader, logPrinter, type LogEvent } from "../../../compiler/index.js";

// Logs of the real Felix, of three generations.
const root = join(import.meta.dirname, "../../../../shared/vectors/calico/cases");
const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/calico/cases is not there");
const logs = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith("/felix.log"))
  : [];

describe.skipIf(!present).each(["calico", "calico-3.24", "calico-2019"])(
  "logs of the real Felix of %s",
  (generation) => {
    const own = logs.filter((path) => path.includes(`/expected/${generation}/`));

    test("are understood to the last line", () => {
      expect(own.length).toBeGreaterThan(1);
      for (const path of own) {
        const { events, reader } = read(path);
        expect(events.filter(({ said }) => said.kind === "unknown").map(({ text }) => `${path}: ${text}`)).toEqual([]);
        expect(events.every(({ time }) => time !== undefined)).toBe(true);
        expect(reader.summary().errors.filter(({ error }) => !error.harmless)).toEqual([]);
      }
    });

    test("tell which policies, profiles and endpoints there are in the end, as the node holds them", () => {
      for (const path of own) {
        const { events } = read(path);
        const rules = readFileSync(join(root, path, "../iptables-save"), "utf8");
        const alive = (what: string): number => {
          const names = new Map(
            events.flatMap(({ said }) =>
              said.kind === "change" && said.what === what ? [[said.name, said.action] as const] : [],
            ),
          );
          expect([...names.keys()]).not.toContain("?");
          return [...names.values()].filter((action) => action === "updated").length;
        };
        const chains = (prefix: string): number => new Set(rules.match(new RegExp(`^:${prefix}\\S+`, "gm"))).size;
        expect(alive("endpoint"), path).toBe(chains("cali-tw-"));
        expect(alive("profile"), path).toBe(chains("cali-pri-"));
      }
    });
  },
);

test("Felix's lines are told as events, errors have a meaning, and no tables are made of them", () => {
  const reader = new LogReader();
  const text = [
    '2026-11-22 23:03:55.642 [INFO][1] felix/int_dataplane.go 2635: Received *proto.ActivePolicyRemove update from calculation graph. msg=id:{name:"g2" kind:"GlobalNetworkPolicy"}',
    '2019-05-06 10:11:12.345 [INFO][64] table.go 417: Queueing update of chain. chainName="cali-tw-azv1" ipVersion=0x4 table="filter"',
    "2026-11-22 23:03:56.000 [ERROR][1] felix/table.go 1400: Failed to execute iptables-restore.",
    "stderr of the program",
    "2026-11-22 23:03:57.000 [FATAL][1] felix/daemon.go 12: out of luck",
    "",
  ].join("\n");
  const events: readonly LogEvent[] = [...reader.nextFile("f"), ...reader.feed(text), ...reader.end()];
  expect(events.map(({ said }) => said)).toMatchObject([
    { kind: "change", what: "policy", action: "removed", name: "GlobalNetworkPolicy g2" },
    { kind: "change", what: "chain", action: "updated", name: "cali-tw-azv1" },
    { kind: "error", error: { code: "felix-error", harmless: false } },
    { kind: "error", error: { code: "felix-stops" } },
  ]);
  expect(reader.gaps()).toEqual(["changes-without-rules"]);
  expect(reader.tables().sets).toEqual([]);
  expect(logPrinter("text").end(reader)).toContain("felix-error: Felix reports an error");
});

function read(path: string): { readonly events: readonly LogEvent[]; readonly reader: LogReader } {
  const reader = new LogReader();
  const events = [...reader.nextFile(path), ...reader.feed(readFileSync(join(root, path), "utf8")), ...reader.end()];
  return { events, reader };
}
