import { expect, test } from "vitest";
import { compile } from "../../../../compiler/index.js";
import { policy } from "../../../model/said.js";

test("a copy of a rule, or of a chain, has all that it has", () => {
  const { result } = compile([{ name: "a.yaml", text: policy("{podSelector: {}, ingress: [{}]}") }]);
  const chains = result!.tables.chains.filter(({ rules }) => rules.length > 0);
  expect(chains.length).toBeGreaterThan(5);
  for (const chain of chains) {
    expect({ ...chain }.origin).toEqual(chain.origin);
    for (const rule of chain.rules) {
      const { matches, target, origin } = { ...rule };
      expect({ matches, target, origin }).toEqual({ matches: rule.matches, target: rule.target, origin: rule.origin });
    }
  }
});
