import type { Engine, EngineOptions, Machine, Node } from "../../engines/engine.js";
import { fold } from "../../engines/fold.js";
import { parseDocuments } from "../../manifest/parse-documents.js";
import { admit } from "../../model/admit.js";
import { chainsOf, isHook, isOwnChain, ownChains } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import { printRule } from "../../netfilter/print-rule.js";
import type { Chain, Hook, IpSet, Tables } from "../../netfilter/tables.js";
import { ofVersion } from "../../netfilter/versions.js";
import { withRules } from "../../netfilter/with-rules.js";
import { knownTables, type NodeState } from "./node-state.js";
import type { IpVersion } from "../../text/ip-version.js";

/**
 * The generations that a node may be of, newest first: those whose own chains, marks and form of names fit best what is there. More than
 * one where they differ only in what they make of policies.
 */
export function generationsThatFit(engine: Engine, options: EngineOptions, node: NodeState): string[] {
  const scores = engine.generations.map((generation) => {
    const { machine } = engine.configure({ ...options, generation });
    return machine ? scoreOf(machine, node, options.ipv6 ? 6 : 4) : -Infinity;
  });
  const best = Math.max(...scores);
  return engine.generations.filter((_, index) => scores[index] === best);
}

/** The chains that an engine has whatever the policies are, as long as there is one, with the rules that are always there. */
export function skeletonOf(machine: Machine, version: IpVersion): Tables {
  const tables = ofVersion(probe(machine).tables(), version);
  const always = (chains: readonly Chain[]): Chain[] =>
    ownChains(chains, machine.ownership)
      .filter(({ origin }) => origin?.kind !== "field")
      .map((chain) =>
        withRules(
          chain,
          chain.rules.filter(({ origin }) => origin?.kind !== "field"),
        ),
      );
  return {
    chains: always(tables.chains),
    others: (tables.others ?? []).map(({ name, chains }) => ({ name, chains: always(chains) })),
    ...(tables.hooks && { hooks: tables.hooks }),
    sets: tables.sets,
  };
}

function scoreOf(machine: Machine, node: NodeState, version: IpVersion): number {
  const { ownership } = machine;
  const skeleton = skeletonOf(machine, version);
  let score = 0;
  for (const table of knownTables(node, ownership)) {
    const there = new Map(ownChains(chainsOf(node, table), ownership).map((chain) => [chain.name, chain]));
    for (const chain of chainsOf(skeleton, table)) {
      const found = there.get(chain.name);
      const lines = new Set(found?.rules.map(printRule));
      score += found ? 10 : -10;
      for (const rule of chain.rules) if (lines.has(printRule(rule))) score += 1;
    }
  }
  score += hookScore(skeleton.hooks ?? [], node, ownership);
  const numbers = usesNumbers(skeleton.sets, ownership);
  return usesNumbers(node.sets ?? [], ownership) === numbers ? score + 1000 : score;
}

/** Hooks are few, and the same whatever the objects are: where they tell generations apart, they say more than many rules. */
function hookScore(hooks: readonly Hook[], node: NodeState, ownership: Ownership): number {
  if (hooks.length === 0) return 0;
  let score = 0;
  for (const table of knownTables(node, ownership)) {
    const there = new Set(
      chainsOf(node, table)
        .filter((chain) => !isOwnChain(chain, ownership))
        .flatMap(({ name, rules }) =>
          rules.filter((rule) => isHook(rule, ownership)).map((rule) => `${name} ${printRule(rule)}`),
        ),
    );
    const usual = hooks.filter((hook) => hook.table === table).map(({ chain, rule }) => `${chain} ${printRule(rule)}`);
    for (const text of usual) score += there.delete(text) ? 30 : -30;
    score -= 30 * there.size;
  }
  return score;
}

/** Whether most names of sets are numbers behind the prefix, as hashes of 32 bits are. */
function usesNumbers(sets: readonly IpSet[], { setPrefix }: Ownership): boolean | undefined {
  const own = sets.filter(({ name }) => name.startsWith(setPrefix));
  if (own.length === 0) return undefined;
  return 2 * own.filter(({ name }) => /^\d+$/.test(name.slice(setPrefix.length))).length > own.length;
}

function probe(machine: Machine): Node {
  const { objects } = admit(parseDocuments({ name: "probe", text: probeText }).documents);
  return fold(
    machine,
    objects.map((object) => ({ kind: "apply", object })),
  );
}

const probeText = `
apiVersion: v1
kind: Namespace
metadata: {name: probe}
---
apiVersion: v1
kind: Pod
metadata: {name: probe, namespace: probe, labels: {probe: probe}}
spec: {containers: [{name: probe, image: probe}]}
status: {phase: Running, podIP: 192.0.2.1}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: probe, namespace: probe}
spec: {podSelector: {matchLabels: {probe: probe}}, policyTypes: [Ingress, Egress]}
`;
