import type { Chain, Match, Tables } from "../netfilter/tables.js";
import { withinLimits } from "./verdicts.js";

/** Tables as packets within all limits meet them, and how many rules limited something. */
export function liftLimits<T extends Pick<Tables, "chains" | "others">>(
  tables: T,
): { readonly tables: T; readonly lifted: number } {
  let lifted = 0;
  const lift = (chain: Chain): Chain => ({
    ...chain,
    rules: chain.rules.flatMap((rule) => {
      const answers = rule.matches.map(limitAnswer).filter((answer) => answer !== undefined);
      if (answers.length === 0) return [rule];
      lifted += 1;
      if (answers.includes(false)) return [];
      return [{ ...rule, matches: rule.matches.filter((match) => limitAnswer(match) === undefined) }];
    }),
  });
  const others = tables.others?.map((table) => ({ ...table, chains: table.chains.map(lift) }));
  return { tables: { ...tables, chains: tables.chains.map(lift), ...(others && { others }) }, lifted };
}

function limitAnswer(match: Match): ReturnType<typeof withinLimits> {
  return match.kind === "other" ? withinLimits(match.words) : undefined;
}
