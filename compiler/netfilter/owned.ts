import type { Ownership } from "./ownership.js";
import { printRule } from "./print-rule.js";
import type { Chain, Hook, IpSet, Rule, TableName, Tables } from "./tables.js";

/** What a table of this name holds; nothing where these tables do not have it. */
export function chainsOf(tables: Pick<Tables, "chains" | "others">, table: TableName): readonly Chain[] {
  if (table === "filter") return tables.chains;
  return tables.others?.find(({ name }) => name === table)?.chains ?? [];
}

export function ownChains(chains: readonly Chain[], ownership: Ownership): Chain[] {
  return chains.filter((chain) => isOwnChain(chain, ownership));
}

export function isOwnChain({ name }: Chain, { chainPrefix }: Ownership): boolean {
  return name.startsWith(chainPrefix);
}

/** Whether a rule of other people's chains is the owner's. */
export function isHook({ matches, target }: Rule, { chainPrefix, commentPrefix }: Ownership): boolean {
  if ((target?.kind === "jump" || target?.kind === "goto") && target.to.startsWith(chainPrefix)) return true;
  if (commentPrefix === undefined) return false;
  return matches.some((match) => match.kind === "comment" && match.text.startsWith(commentPrefix));
}

/** Of a program's hooks, those that tables hold. Throws where they hold a rule of the program that it does not know. */
export function hooksIn(tables: Tables, ownership: Ownership): readonly Hook[] {
  const known = tables.hooks ?? ownership.hooks;
  return ownership.tables.flatMap((table) =>
    chainsOf(tables, table)
      .filter((chain) => !isOwnChain(chain, ownership))
      .flatMap((chain) =>
        chain.rules
          .filter((rule) => isHook(rule, ownership))
          .map((rule): Hook => {
            const text = printRule(rule);
            const hook = known.find(
              (each) => each.table === table && each.chain === chain.name && printRule(each.rule) === text,
            );
            if (!hook) throw new Error(`an unknown rule of ${chain.name} in ${table}: ${text}`);
            return hook;
          }),
      ),
  );
}

export function ownSets(sets: readonly IpSet[], { setPrefix, temporarySetPrefixes }: Ownership): IpSet[] {
  return sets.filter(({ name }) => [setPrefix, ...temporarySetPrefixes].some((prefix) => name.startsWith(prefix)));
}
