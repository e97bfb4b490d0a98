import fc from "fast-check";
import { expect, test } from "vitest";
import { longestCommonOrder } from "../../compiler/netfilter/longest-common-order.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printRule } from "../../compiler/netfilter/print-rule.js";
import type { Chain, IpSet, Rule, Tables } from "../../compiler/netfilter/tables.js";
import { diffTables, type TablesDifference } from "../../compiler/netfilter/tables-difference.js";

test("rules that come, go and move are deletions and insertions with the numbers that iptables wants", () => {
  const before = `*filter
:FORWARD ACCEPT [0:0]
:GONE - [0:0]
:WEB - [0:0]
-A WEB -s 10.0.0.1/32 -j ACCEPT
-A WEB -s 10.0.0.2/32 -j ACCEPT
-A WEB -s 10.0.0.3/32 -j ACCEPT
-A WEB -j DROP
COMMIT
`;
  const after = `*filter
:FORWARD DROP [0:0]
:NEW - [0:0]
:WEB - [0:0]
-A WEB -s 10.0.0.3/32 -j ACCEPT
-A WEB -s 10.0.0.1/32 -j ACCEPT
-A WEB -s 10.0.0.4/32 -j ACCEPT
-A WEB -j DROP
COMMIT
`;
  expect(show(diffTables(tables(before), tables(after)))).toBe(`+ chain NEW
- chain GONE
~ chain FORWARD ACCEPT → DROP
~ chain WEB
-D WEB 1 -s 10.0.0.1/32 -j ACCEPT
-D WEB 1 -s 10.0.0.2/32 -j ACCEPT
-I WEB 2 -s 10.0.0.1/32 -j ACCEPT
-I WEB 3 -s 10.0.0.4/32 -j ACCEPT`);
});

test("a set has other members, or is another set under the old name; the order of members says nothing", () => {
  const before = `create a hash:net family inet hashsize 1024 maxelem 65536
add a 10.0.0.1
add a 10.0.0.2
create b hash:net family inet hashsize 1024 maxelem 65536
add b 10.0.0.1
add b 10.0.0.2
create c hash:net family inet hashsize 1024 maxelem 65536
create d hash:net family inet hashsize 1024 maxelem 65536
create e list:set size 8
`;
  const after = `create a hash:net family inet hashsize 1024 maxelem 65536
add a 10.0.0.2
add a 10.0.0.1
create b hash:net family inet hashsize 1024 maxelem 65536
add b 10.0.0.2
add b 10.0.0.3
create c hash:net family inet hashsize 1024 maxelem 70000
create d hash:ip family inet hashsize 1024 maxelem 65536
create f list:set size 8
`;
  expect(show(diffTables(tables("", before), tables("", after)))).toBe(`+ set f
- set e
~ set b +10.0.0.3 -10.0.0.1
~ set c replaced
~ set d replaced`);
});

test("equal tables have no difference", () => {
  const text = "*filter\n:WEB - [0:0]\n-A WEB -j DROP\nCOMMIT\n";
  expect(diffTables(tables(text), tables(text))).toMatchObject({ same: true });
});

test("edits carried out one after the other turn one list of rules into the other, and none is one too many", () => {
  const list = fc.array(fc.constantFrom<string>("a", "b", "c", "d", "e", "f"), { maxLength: 14 });
  fc.assert(
    fc.property(list, list, (before, after) => {
      const difference = diffTables(oneChain(before), oneChain(after));
      const rules = [...before];
      const edits = difference.chains.changed.flatMap((chain) => chain.edits);
      for (const { kind, position, place, text } of edits) {
        const name = text.slice("-j ".length);
        if (kind === "delete") {
          expect([before[place - 1], ...rules.splice(position - 1, 1)]).toEqual([name, name]);
        } else {
          expect(after[place - 1]).toBe(name);
          rules.splice(position - 1, 0, name);
        }
      }
      expect(rules).toEqual(after);
      expect(edits).toHaveLength(before.length + after.length - 2 * lengthOfCommon(before, after));
      expect(difference.same).toBe(edits.length === 0);
    }),
    { numRuns: 500 },
  );
});

test("lists of many equal lines are paired in order, which is common but need not be the longest", () => {
  const before = Array.from({ length: 6000 }, (_, i) => (i % 2 ? "a" : "b"));
  const after = ["c", ...before.map((line) => (line === "a" ? "b" : "a")), "d"];
  const pairs = longestCommonOrder(before, after);
  expect(pairs.length).toBeGreaterThan(2500);
  pairs.forEach(([old, young], at) => {
    expect(before[old]).toBe(after[young]);
    if (at > 0) expect(pairs[at - 1]![0] < old && pairs[at - 1]![1] < young).toBe(true);
  });
});

function tables(rules: string, sets = ""): Tables {
  return { chains: parseIptablesSave(rules).chains, sets: parseIpsetSave(sets).sets };
}

function oneChain(targets: readonly string[]): Tables {
  const rules = targets.map((to): Rule => ({ matches: [], target: { kind: "jump", to } }));
  return { chains: [{ name: "CHAIN", rules }], sets: [] };
}

/** By the table of all prefixes. */
function lengthOfCommon(a: readonly string[], b: readonly string[]): number {
  let row = Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    b.forEach((y, i) => next.push(x === y ? row[i]! + 1 : Math.max(row[i + 1]!, next[i]!)));
    row = next;
  }
  return row[b.length]!;
}

function show({ chains, sets }: TablesDifference): string {
  const named = (sign: string, what: string, items: readonly (Chain | IpSet)[]): string[] =>
    items.map(({ name }) => `${sign} ${what} ${name}`);
  return [
    ...named("+", "chain", chains.added),
    ...named("-", "chain", chains.removed),
    ...chains.changed.flatMap(({ name, before, after, edits }) => [
      `~ chain ${name}${before.policy === after.policy ? "" : ` ${before.policy} → ${after.policy}`}`,
      ...edits.map(
        ({ kind, position, rule }) => `${kind === "delete" ? "-D" : "-I"} ${name} ${position} ${printRule(rule)}`,
      ),
    ]),
    ...named("+", "set", sets.added),
    ...named("-", "set", sets.removed),
    ...sets.changed.map((set) => {
      if (set.kind === "replaced") return `~ set ${set.name} replaced`;
      return ["~ set", set.name, ...set.added.map((m) => `+${m}`), ...set.removed.map((m) => `-${m}`)].join(" ");
    }),
  ].join("\n");
}
