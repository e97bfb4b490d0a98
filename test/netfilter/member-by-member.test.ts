import { describe, expect, test } from "vitest";
import { memberByMember } from "../../compiler/netfilter/member-by-member.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { diffTables } from "../../compiler/netfilter/tables-difference.js";

/** Whether sets may change one member after the other, by lines `SET MEMBER…` before and after, and the matches of the rules. */
function mayChange(before: string, after: string, ...matches: readonly string[]): boolean {
  const sets = (text: string) =>
    parseIpsetSave(
      text
        .split("\n")
        .map((line) => line.trim().split(/[, ]+/))
        .map(([name, ...members]) =>
          [
            `create ${name} ${name === "list" ? "list:set" : "hash:net"}`,
            ...members.map((m) => `add ${name} ${m}`),
          ].join("\n"),
        )
        .join("\n"),
    ).sets;
  const rules = matches.map((match) => `-A X -m set --match-set ${match} -j ACCEPT\n`).join("");
  const { chains } = parseIptablesSave(`*filter\n:X - [0:0]\n${rules}COMMIT\n`);
  const old = { chains, sets: sets(before) };
  const young = { chains, sets: sets(after) };
  return memberByMember(diffTables(old, young).sets.changed, young);
}

describe("sets in use may change member by member", () => {
  test("when there is one change only, wherever they are matched", () => {
    expect(mayChange("a 10.0.0.1", "a 10.0.0.1, 10.0.0.2", "a src", "a dst")).toBe(true);
  });

  test("when all are matched on one side, and no address is in two members that change", () => {
    expect(mayChange("a 10.0.0.1", "a 10.0.0.2, 10.0.0.3", "a src")).toBe(true);
    expect(mayChange("a 10.0.0.1\nb 10.0.0.9", "a 10.0.0.2\nb 10.0.0.8", "a dst", "b dst")).toBe(true);
    expect(mayChange("a 10.0.0.1", "a 10.0.0.2, 10.0.0.3", "a src", "a dst")).toBe(false);
    expect(mayChange("a 10.0.0.1\nb 10.0.0.9", "a 10.0.0.2\nb 10.0.0.8", "a src", "b dst")).toBe(false);
  });

  test("not when a member lies in another one, or an address moves from set to set", () => {
    expect(mayChange("a 10.0.0.1", "a 10.0.0.0/8, 10.0.0.1, 10.1.0.0/16", "a src")).toBe(false);
    expect(mayChange("a 10.0.0.1\nb 10.0.0.9", "a 10.0.0.9\nb 10.0.0.1", "a src", "b src")).toBe(false);
  });

  test("of IPv6 likewise", () => {
    expect(mayChange("a fd00::1", "a fd00::2, 2001:db8::/32, fd00::3", "a src")).toBe(true);
    expect(mayChange("a fd00::1", "a fd00::2, fd00::3", "a src", "a dst")).toBe(false);
    expect(mayChange("a fd00::1", "a fd00::/8, fd00::3", "a src")).toBe(false);
    expect(mayChange("a fd00::1\nb fd00::9", "a fd00::9\nb fd00::1", "a src", "b src")).toBe(false);
  });

  test("not when a set is matched on the other side through a list of sets, or the list changes, too", () => {
    expect(mayChange("a 10.0.0.1\nlist a", "a 10.0.0.2, 10.0.0.3\nlist a", "a src", "list dst")).toBe(false);
    expect(mayChange("a 10.0.0.1\nb 10.0.0.2\nlist a", "a 10.0.0.3\nb 10.0.0.2\nlist a, b", "list src")).toBe(false);
  });

  test("not when a set becomes another one", () => {
    const { sets } = parseIpsetSave("create a hash:net\nadd a 10.0.0.1\n");
    const replaced = {
      kind: "replaced",
      name: "a",
      before: sets[0]!,
      after: { ...sets[0]!, type: "hash:ip" },
    } as const;
    expect(memberByMember([replaced], { chains: [], sets })).toBe(false);
  });
});
