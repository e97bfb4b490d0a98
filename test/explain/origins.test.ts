import { describe, expect, test } from "vitest";
import { explain, isError, type Explained } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";

/** Everything on a node is there for a reason that can be named. */
describe("every chain, rule, set and member has an origin", () => {
  const cases = readCases().filter(({ options }) => options.engine === undefined || options.engine === "azure-npm");

  test.each(cases)("$name, in all generations", (golden) => {
    let members = 0;
    for (const generation of golden.generations) {
      const { result, diagnostics } = compileCase(golden, generation);
      if (!result) {
        expect(diagnostics.some(isError), `${golden.name} ${generation}`).toBe(true);
        continue;
      }
      const explanation = explain(result);
      const { tables } = result;
      const where = `${golden.name} ${generation}`;
      expect(explanation.chains.length, where).toBe(tables.chains.length);
      expect(explanation.sets.length, where).toBe(tables.sets.length);
      tables.chains.forEach(({ name, rules }, at) => {
        expect(explanation.chains[at]!.parts.length, `${where} ${name}`).toBe(rules.length);
      });
      const all = [...explanation.policies, ...explanation.chains, ...explanation.sets].flatMap(withParts);
      expect(all.filter(({ origins }) => origins.length === 0).map(({ id }) => `${where} ${id}`)).toEqual([]);
      expect(new Set(all.map(({ id }) => id)).size, `${where}: ids are unique`).toBe(all.length);
      const before = new Set((golden.options.existing?.chains ?? []).map(({ name }) => name));
      const nameless = all.filter(({ id, origins }) => isBefore(origins[0]) && !stoodBefore(id, before));
      expect(nameless.map(({ id }) => `${where} ${id}`)).toEqual([]);
      for (const { name, members: its } of tables.sets) {
        const explained = explanation.members(name);
        expect(explained.length, `${where} ${name}`).toBe(its.length);
        members += its.length;
        const unclear = explained.filter(
          ({ origins, text }) => origins[0]?.kind !== "field" || /nothing/.test(text[0]!),
        );
        expect(unclear.map(({ id }) => `${where} ${id}`)).toEqual([]);
      }
    }
    if (golden.name.startsWith("aks-")) expect(members).toBeGreaterThan(50);
  });
});

function withParts(thing: Explained): readonly Explained[] {
  return [thing, ...thing.parts.flatMap(withParts)];
}

function isBefore(origin: Explained["origins"][number] | undefined): boolean {
  return origin?.kind === "engine" && origin.reason === "stood on the node before";
}

/** Of a chain that was there, or one of the kernel's own. */
function stoodBefore(id: string, before: ReadonlySet<string>): boolean {
  const [kind, name = ""] = id.split(" ");
  if (kind === "chain" && ["INPUT", "FORWARD", "OUTPUT"].includes(name)) return true;
  return before.has(name);
}
