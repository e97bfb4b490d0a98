import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { logEntriesOf } from "../../../compiler/engines/effects.js";
import { printMessages } from "../../../compiler/log/print-log.js";
import { cases, present, root } from "./vector-cases.js";
import { leave } from "./leave.js";

// What the real Felix logged while it left what the vectors of its tables hold, from its first line on.

describe.skipIf(!present).each(["calico", "calico-3.24", "calico-2019"])("%s logs what Felix logged", (generation) => {
  const logged = cases.filter((path) => existsSync(join(root, path, "expected", generation, "felix.log")));

  test("there are cases", () => expect(logged.length).toBeGreaterThan(2));

  test.each(logged.sort())("%s", (path) => {
    const felix = readFileSync(join(root, path, "expected", generation, "felix.log"), "utf8");
    const own = logOf(path, generation);
    expect(sameEverywhere(own)).toEqual(sameEverywhere(withoutChance(felix.split("\n").slice(0, -1))));
  });
});

// In all cases, those without a log of the real Felix among them: chains that its lines say are wanted, and those that the node holds.
describe.skipIf(!present).each([
  { generation: "calico", wanted: /referenced/, saysTable: true },
  { generation: "calico-3.24", wanted: /referenced/, saysTable: false },
  { generation: "calico-2019", wanted: /(Queueing update|Queing deletion) of chain/, saysTable: true },
])("the lines of $generation about chains", ({ generation, wanted, saysTable }) => {
  const known = cases.filter((path) => existsSync(join(root, path, "expected", generation)));

  test.each(known.sort())("leave those that are there: %s", (path) => {
    const left = new Map<string, number>();
    for (const line of logOf(path, generation)) {
      const [, chain, table] = / chainName="(cali-[^"]*)"(?: ipVersion=0x4 table="(\w+)")?$/.exec(line) ?? [];
      if (chain === undefined || !wanted.test(line)) continue;
      const name = saysTable ? `${table} ${chain}` : chain;
      const goes = /no longer|deletion/.test(line);
      left.set(name, generation === "calico-2019" ? Number(!goes) : (left.get(name) ?? 0) + (goes ? -1 : 1));
    }
    const { chains, others } = leave(path, generation).tables;
    const held = [{ name: "filter", chains }, ...others!].flatMap(({ name: table, chains }) =>
      chains.filter(({ name }) => name.startsWith("cali-")).map(({ name }) => (saysTable ? `${table} ${name}` : name)),
    );
    expect([...left].flatMap(([name, count]) => Array.from({ length: count }, () => name)).sort()).toEqual(held.sort());
  });
});

function logOf(path: string, generation: string): readonly string[] {
  const messages = printMessages(logEntriesOf(leave(path, generation).effects()));
  return messages.map((message) => message.slice(0, -1));
}

/** Lines by text, without what differs between two runs of one Felix. */
function sameEverywhere(lines: readonly string[]): readonly string[] {
  return (
    lines
      .map((line) =>
        line
          // When it was said.
          .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} /, "")
          // How long it took.
          .replace(/\b(timeSinceStart|secsSinceStart|msecToApply|resyncDuration)=[\d.]+(ms|s)?$/, "$1=…")
          // Where something lies in the process's memory.
          .replaceAll(/\)\(0x[0-9a-f]+\)/g, ")(0x…)")
          // Members of sets, and addresses of an interface, come from Go's maps.
          .replaceAll(/ members:"[^"]*"(?: members:"[^"]*")+/g, (members) => members.split(/(?= )/).sort().join(""))
          .replace(
            / addrs=set\.Set\{([^}]*)\}/,
            (_, addresses: string) => ` addrs={${addresses.split(",").sort().join()}}`,
          )
          // The kernel counts interfaces as they come; the vectors' node has some more, see below.
          .replace(/ ifIndex=\d+/, " ifIndex=…")
          .replace(/, Index:\d+\}/, ", Index:…}"),
      )
      // Go's maps and threads decide on the order.
      .sort()
  );
}

/** Without lines that the vectors' own node is the reason for, or the moment at which something happened. */
function withoutChance(lines: readonly string[]): readonly string[] {
  // Each of its interfaces is one end of a pair; the other ends, peth0 and so on, are no interfaces of a node that is described.
  const peers = lines.filter((line) => /hostip_mgr.go .* update=.*Name:"peth\d"/.test(line)).length;
  const described = withoutSome(
    lines.filter((line) => !/"peth\d"/.test(line)),
    /Queueing IP set for creation family="inet" setID="this-host"/,
    peers,
  );
  // v3.3.1 looks after a table once more a second after it was written. In the long run with steps that happened once, to the only table
  // that had not been written again.
  const checks = described.filter((line) => line.includes(`reason="post update"`)).length;
  // Whether news of interfaces come before everything is written first, or are written of their own, threads decide. Then it happens that
  // Felix makes itself wait.
  const throttled = described.filter((line) => line.endsWith("Dataplane updates throttled")).length;
  const kept = described.filter((line) => !/reason="post update"|Dataplane updates (no longer )?throttled$/.test(line));
  const rounds = [/: Applying dataplane updates$/, /: Finished applying updates to dataplane\. msecToApply=/];
  const read = withoutSome(kept, /: Loading current iptables state .* table="nat"$/, checks);
  return rounds.reduce((left, round) => withoutSome(left, round, checks + throttled), read);
}

/** Without the last so many lines of a kind. */
function withoutSome(lines: readonly string[], kind: RegExp, count: number): readonly string[] {
  const found = lines.flatMap((line, at) => (kind.test(line) ? [at] : []));
  const gone = new Set(count === 0 ? [] : found.slice(-count));
  expect(gone.size).toBe(count);
  return lines.filter((_, at) => !gone.has(at));
}
