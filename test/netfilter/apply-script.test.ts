import { describe, expect, test } from "vitest";
import { applyScript } from "../../compiler/netfilter/apply-script.js";
import { shellQuote } from "../../compiler/netfilter/script-library.js";
import type { Tables } from "../../compiler/netfilter/tables.js";
import { firstState, ownership, tablesOf } from "../kernel/example.js";

const script = applyScript(firstState, ownership, { flavour: "nft" });

test("the target stands in here-documents in which the shell replaces nothing", () => {
  expect(script).toContain(`  cat <<'END_OF_TARGET'\ncreate fw-dns hash:ip,port family inet`);
  expect(script).toContain(`  cat <<'END_OF_TARGET'\n*filter\n:FW - [0:0]\n`);
  expect(script.endsWith("\nEND_OF_TARGET\n}\n\nmain\nexit 0\n")).toBe(true);
});

test("rules that are not the owner's are not in the script", () => {
  const tables = tablesOf("*filter\n:FORWARD ACCEPT [0:0]\n:FW - [0:0]\n:KUBE-X - [0:0]\n-A KUBE-X -j DROP\nCOMMIT\n");
  expect(applyScript(tables, ownership, { flavour: "nft" })).not.toContain("KUBE-X");
});

test("the jump is wanted only where the target has one", () => {
  expect(script).toContain("\nfilter FORWARD after=KUBE-SERVICES -m conntrack --ctstate NEW -j FW\n");
  const tables = tablesOf("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n");
  expect(applyScript(tables, ownership, { flavour: "nft" })).not.toContain("filter FORWARD");
});

test("a text is one word of the shell, whatever is in it", () => {
  expect(shellQuote(`it's $(x) "\\`)).toBe(`'it'\\''s $(x) "\\'`);
});

describe("what no engine may emit stops here", () => {
  const withSet = (name: string, member: string): Tables => ({
    chains: [],
    sets: [{ name, type: "hash:net", members: [member] }],
  });
  test.each([
    ["a set of other people", withSet("theirs", "10.0.0.1")],
    ["a name with a line end", withSet("fw-\nx", "10.0.0.1")],
    ["a name whose temporary copy would be too long", withSet(`fw-${"x".repeat(26)}`, "10.0.0.1")],
    ["a member with a line end", withSet("fw-a", "10.0.0.1\nEND_OF_TARGET")],
    ["a chain with a space", { chains: [{ name: "FW x", rules: [] }], sets: [] }],
    [
      "a comment with a line end",
      { chains: [{ name: "FW", rules: [{ matches: [{ kind: "comment", text: "a\nb" }] }] }], sets: [] },
    ],
  ] satisfies [string, Tables][])("%s", (_, tables) => {
    expect(() => applyScript(tables, ownership, { flavour: "nft" })).toThrow(/unfit|more than one line/);
  });
});
