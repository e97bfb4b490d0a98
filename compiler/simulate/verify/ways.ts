import type { Machine } from "../../engines/engine.js";
import { chainsOf, isHook } from "../../netfilter/owned.js";
import type { Chain } from "../../netfilter/tables.js";
import type { Circumstances } from "../circumstances.js";
import { byAddress } from "../classes.js";
import type { Cluster, Endpoint } from "../cluster.js";
import { ownAddresses, walkedTables } from "../courses.js";
import { reachesByRules } from "../reach-by-rules.js";
import { reachesBySpec } from "../reach-by-spec.js";
import type { Reach } from "../reach.js";
import type { TracedTables } from "../trace.js";

/**
 * The ways to look at packets: by the specification, by the rules, by the engine's rules alone; and replies by either. The last two are
 * the same where there are no other rules.
 */
export type Ways<T> = Readonly<Record<"spec" | "rules" | "own" | "replies" | "ownReplies", T>>;

/** Under circumstances that leave nothing open. Classes are the same under all of them. */
export function waysOf(
  cluster: Cluster,
  printed: TracedTables,
  machine: Machine,
): (known: Circumstances) => Ways<Reach<Endpoint>> {
  const specified = reachesBySpec(cluster);
  const all = byRules(printed);
  const engine = hasOthers(printed, machine) ? byRules(alone(printed, machine)) : undefined;
  return (known) => {
    const { rules, replies } = all(known);
    const own = engine?.(known) ?? { rules, replies };
    return { spec: specified(known), rules, own: own.rules, replies, ownReplies: own.replies };
  };
}

function byRules(tables: TracedTables): (known: Circumstances) => Pick<Ways<Reach<Endpoint>>, "rules" | "replies"> {
  const [fresh, established] = [reachesByRules(tables, "new"), reachesByRules(tables, "established")];
  return (known) => ({ rules: byAddress(fresh(known)), replies: byAddress(established(known)) });
}

/** Whether rules that are not the engine's stand in the built-in chains where packets are looked at. */
function hasOthers(tables: TracedTables, { ownership }: Machine): boolean {
  return walkedTables
    .flatMap((table) => chainsOf(tables, table))
    .some(
      (chain) =>
        isAsked(chain, tables) && (chain.policy === "DROP" || chain.rules.some((rule) => !isHook(rule, ownership))),
    );
}

/** The tables of a node with no rules but the engine's. */
function alone(tables: TracedTables, { ownership }: Machine): TracedTables {
  const own = (chain: Chain): Chain => {
    if (!isAsked(chain, tables)) return chain;
    const rules = chain.rules.filter((rule) => isHook(rule, ownership));
    return { name: chain.name, policy: "ACCEPT", rules };
  };
  return {
    ...tables,
    chains: tables.chains.map(own),
    ...(tables.others && { others: tables.others.map((table) => ({ ...table, chains: table.chains.map(own) })) }),
  };
}

/** Built-in chains of forwarded packets; what goes to the machine or comes from it is looked at where its addresses are known. */
function isAsked({ name, policy }: Chain, tables: TracedTables): boolean {
  return /^(?:PREROUTING|FORWARD|POSTROUTING)$/.test(name) || (policy !== undefined && ownAddresses(tables).size > 0);
}
