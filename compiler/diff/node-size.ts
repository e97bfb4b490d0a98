import type { Tables } from "../netfilter/tables.js";
import { isPair, type Endpoint } from "../simulate/cluster.js";
import { tracerOf } from "../simulate/tracer.js";

/** How much a node holds, and what packets cost there. */
export interface NodeSize {
  readonly chains: number;
  readonly rules: number;
  readonly sets: number;
  readonly members: number;
  /** Rules of the filter table that a packet is held against, of packets between pods; absent where no two pods are known. */
  readonly rulesMet?: { readonly packets: number; readonly most: number; readonly mean: number };
}

/** All tables count. `endpoints` are the pods, of which packets are sent between the first few; those in `onNode` first, where that is given. */
export function nodeSize(
  tables: Tables,
  endpoints: readonly Endpoint[],
  onNode: ReadonlySet<string> | undefined,
): NodeSize {
  const chains = [...tables.chains, ...(tables.others ?? []).flatMap((table) => table.chains)];
  const met = rulesMet(tables, endpoints, onNode);
  return {
    chains: chains.length,
    rules: chains.reduce((sum, { rules }) => sum + rules.length, 0),
    sets: tables.sets.length,
    members: tables.sets.reduce((sum, { members }) => sum + members.length, 0),
    ...(met.length > 0 && {
      rulesMet: {
        packets: met.length,
        most: Math.max(...met),
        mean: Math.round((met.reduce((sum, count) => sum + count, 0) / met.length) * 10) / 10,
      },
    }),
  };
}

/** Pods of which each sends to each of as many others. */
const maxSenders = 20;

function rulesMet(
  tables: Tables,
  endpoints: readonly Endpoint[],
  onNode: ReadonlySet<string> | undefined,
): readonly number[] {
  const here = endpoints.filter(({ address }) => onNode?.has(address) ?? true).slice(0, maxSenders);
  const others = endpoints.filter((each) => !here.includes(each)).slice(0, maxSenders);
  const tracer = tracerOf(tables);
  const ends = [...here, ...others];
  return ends.flatMap((from) =>
    ends.flatMap((to) => {
      if (from === to || !isPair(from, to) || !(here.includes(from) || here.includes(to))) return [];
      const packet = { source: from.address, destination: to.address, protocol: "tcp", port: 80 } as const;
      // Chains of other tables have their table before their name; the policy of a chain is no rule.
      return tracer.trace(packet).steps.filter(({ chain, rule }) => !chain.includes(" ") && rule > 0).length;
    }),
  );
}
