import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printIptablesSave } from "../../compiler/netfilter/print-iptables-save.js";
import { legendOf } from "../../compiler/simulate/legend.js";
import { shop } from "./show/shop.js";

const { tables } = compile([{ name: "shop.yaml", text: shop }]).result!;
const { chains } = parseIptablesSave(printIptablesSave(tables));

test("rules that were read back have the origins of those that were printed", () => {
  const legend = legendOf(tables);
  for (const [index, { name, rules }] of chains.entries()) {
    expect(rules.map((rule) => legend.originOf(name, rule))).toEqual(
      tables.chains[index]!.rules.map(({ origin }) => origin),
    );
  }
});

test("the order of matches, which some releases leave to chance, does not matter, but what is matched does", () => {
  const legend = legendOf(tables);
  const { name, rules } = chains.find((chain) => chain.rules[0]?.matches.length === 5)!;
  const matches = rules[0]!.matches.toReversed();
  expect(legend.originOf(name, { ...rules[0]!, matches })).toMatchObject({ object: "shop/api-from-web" });
  expect(legend.originOf(name, { ...rules[0]!, matches: matches.slice(0, 4) })).toBeUndefined();
});

test("without tables nothing has a name or an origin", () => {
  const legend = legendOf();
  expect(legend.setName("azure-npm-1")).toBe("azure-npm-1");
  expect(legend.originOf("AZURE-NPM", { matches: [] })).toBeUndefined();
});
