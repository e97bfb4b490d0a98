import { describe, expect, test } from "vitest";
import { explain, isError, type CompileResult, type Explained } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";

/** Everything on a node is there for a reason that can be named. */
describe("every chain, rule, set and member has an origin, and what is said of it are whole sentences", () => {
  test.each(readCases())("$name, in all generations", (golden) => {
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
      const chains = [...tables.chains, ...(tables.others ?? []).flatMap((table) => table.chains)];
      expect(explanation.chains.length, where).toBe(chains.length);
      expect(explanation.sets.length, where).toBe(tables.sets.length);
      chains.forEach(({ name, rules }, at) => {
        expect(explanation.chains[at]!.parts.length, `${where} ${name}`).toBe(rules.length);
      });
      const all = [...explanation.policies, ...explanation.chains, ...explanation.sets].flatMap(withParts);
      expect(all.filter(({ origins }) => origins.length === 0).map(({ id }) => `${where} ${id}`)).toEqual([]);
      const notWhole = all.flatMap(({ id, text }) =>
        text.filter((each) => !isSentence(each)).map((each) => `${id}: ${each}`),
      );
      expect(notWhole, where).toEqual([]);
      expect(
        all.filter(({ text }) => new Set(text).size < text.length).map(({ id }) => id),
        where,
      ).toEqual([]);
      expect(new Set(all.map(({ id }) => id)).size, `${where}: ids are unique`).toBe(all.length);
      const { existing } = golden.options;
      const stood = [...(existing?.chains ?? []), ...(existing?.others ?? []).flatMap(({ chains: its }) => its)];
      const before = new Set(stood.map(({ name }) => name));
      const nameless = all.filter(({ id, origins }) => isBefore(origins[0]) && !stoodBefore(id, before));
      expect(nameless.map(({ id }) => `${where} ${id}`)).toEqual([]);
      for (const { name, members: its } of tables.sets) {
        const explained = explanation.members(name);
        expect(explained.length, `${where} ${name}`).toBe(its.length);
        members += its.length;
        const unclear = explained.filter(
          ({ origins: [origin], text }) =>
            isBefore(origin) || /nothing/.test(text[0]!) || (origin?.kind === "engine" && !isAlwaysThere(name, result)),
        );
        expect(unclear.map(({ id }) => `${where} ${id}`)).toEqual([]);
      }
    }
    if (golden.name.startsWith("aks-")) expect(members).toBeGreaterThan(50);
    if (golden.name.startsWith("calico-aks-")) expect(members).toBeGreaterThan(5);
  });
});

/** Not one with a hole where a name should be: `addresses in .`, `labelled , whatever the value`. */
function isSentence(text: string): boolean {
  return /^[A-Za-z0-9].*\.$/s.test(text) && !/ [.,;]| {2}|undefined/.test(text);
}

function withParts(thing: Explained): readonly Explained[] {
  return [thing, ...thing.parts.flatMap(withParts)];
}

function isBefore(origin: Explained["origins"][number] | undefined): boolean {
  return origin?.kind === "engine" && origin.reason === "stood on the node before";
}

/** A set that no rule of a policy asks for: there whatever the manifests say. */
function isAlwaysThere(name: string, { tables: { sets } }: CompileResult): boolean {
  const set = sets.find((each) => each.name === name)!;
  return set.origin?.kind === "engine" && set.originOfMember !== undefined;
}

/** Of a chain that was there, or one of the kernel's own. */
function stoodBefore(id: string, before: ReadonlySet<string>): boolean {
  const [kind, ...words] = id.split(" ");
  const name = words.find((word) => !["raw", "mangle", "nat"].includes(word)) ?? "";
  if (kind === "chain" && builtIns.test(name)) return true;
  return before.has(name);
}

const builtIns = /^(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING)$/;
