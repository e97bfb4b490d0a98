import { expect, test } from "vitest";
import { FilterTable } from "../../../../compiler/engines/azure-npm/kernel/filter-table.js";
import { SetTable } from "../../../../compiler/engines/azure-npm/kernel/set-table.js";
import { parseRule } from "../../../../compiler/netfilter/parse-rule.js";
import { printIptablesSave } from "../../../../compiler/netfilter/print-iptables-save.js";

const origin = { kind: "engine", reason: "test" } as const;
const rule = (text: string) => parseRule(text.split(" "));

function tableWith(...rules: readonly string[]) {
  const sets = new SetTable();
  sets.create("pods", { type: "hash:net" }, { readableName: "pods", origin });
  const table = new FilterTable([], sets);
  table.newChain("OWN", origin);
  for (const text of rules) table.append("OWN", rule(text));
  const own = () => printIptablesSave({ chains: table.list() }).match(/^-A OWN .*$/gm) ?? [];
  return { table, sets, own };
}

test("a rule is inserted at the top, or behind others", () => {
  const { table, own } = tableWith("-p tcp -j ACCEPT", "-p udp -j ACCEPT");
  expect(table.insert("OWN", rule("-p sctp -j ACCEPT"))).toBe(0);
  expect(table.insert("OWN", rule("-j DROP"), 4)).toBe(0);
  expect(table.insert("OWN", rule("-j RETURN"), 2)).toBe(0);
  expect(table.insert("OWN", rule("-j RETURN"), 7)).toBe(1);
  expect(own()).toEqual([
    "-A OWN -p sctp -j ACCEPT",
    "-A OWN -j RETURN",
    "-A OWN -p tcp -j ACCEPT",
    "-A OWN -p udp -j ACCEPT",
    "-A OWN -j DROP",
  ]);
});

test("of equal rules the first is removed", () => {
  const { table, own } = tableWith("-j DROP", "-p tcp -j ACCEPT", "-j DROP");
  expect(table.remove("OWN", rule("-j DROP"))).toBe(0);
  expect(own()).toEqual(["-A OWN -p tcp -j ACCEPT", "-A OWN -j DROP"]);
  expect(table.check("OWN", rule("-j DROP"))).toBe(0);
  expect(table.remove("OWN", rule("-j DROP"))).toBe(0);
  expect(table.check("OWN", rule("-j DROP"))).toBe(1);
  expect(table.remove("OWN", rule("-j DROP"))).toBe(1);
});

test.each(["-m set --match-set nobody src -j ACCEPT", "-s 2001:db8::/32 -j ACCEPT", "-j NOWHERE"])(
  "%s is not understood, whatever is asked",
  (text) => {
    const { table } = tableWith();
    const answers = [table.check("OWN", rule(text)), table.append("OWN", rule(text)), table.remove("OWN", rule(text))];
    expect(answers).toEqual([2, 2, 2]);
  },
);

test("a chain goes when it is empty and nothing leads to it", () => {
  const { table } = tableWith("-j DROP");
  table.append("FORWARD", rule("-j OWN"));
  expect(table.deleteChain("OWN")).toBe(1);
  table.flush("OWN");
  expect(table.deleteChain("OWN")).toBe(1);
  table.remove("FORWARD", rule("-j OWN"));
  expect(table.deleteChain("OWN")).toBe(0);
  expect(table.deleteChain("OWN")).toBe(1);
});

test("a set goes when no rule and no list needs it", () => {
  const { table, sets } = tableWith("-m set --match-set pods src -j ACCEPT");
  sets.create("list", { type: "list:set" }, { readableName: "list", origin });
  sets.add("list", "pods");
  expect(sets.destroy("pods")).toBe(1);
  table.flush("OWN");
  expect(sets.destroy("pods")).toBe(1);
  sets.remove("list", "pods");
  expect(sets.destroy("pods")).toBe(0);
});
