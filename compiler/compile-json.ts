import type { CompileResult } from "./compile.js";
import type { Chain, Rule } from "./netfilter/tables.js";
import { printRule } from "./netfilter/print-rule.js";
import type { PairGroup, PolicyPairs, SetExpression } from "./pairs/pair-group.js";
import { describeExpression, describePort } from "./pairs/describe.js";
import { diagnosticJson } from "./text/format-diagnostic.js";
import { originJson } from "./text/origin-json.js";

/** A compilation for programs; `compileJsonSchema` describes it. */
export function compileJson(result: CompileResult): object {
  const { machine, tables, pairs, warnings } = result;
  return {
    engine: machine.engine,
    generation: machine.generation,
    release: machine.release,
    flavour: machine.flavour,
    kubernetes: `1.${machine.kubernetesMinor}`,
    chains: tables.chains.map(chainJson),
    sets: tables.sets.map(({ name, readableName, type, members, origin }) => ({
      name,
      readableName,
      type,
      members,
      origin: originJson(origin),
    })),
    pairs: pairs.map(policyJson),
    warnings: warnings.map(diagnosticJson),
  };
}

function chainJson({ name, rules, origin }: Chain): object {
  const policy = origin?.kind === "field" ? origin.object : undefined;
  return {
    name,
    ...(policy !== undefined && { policy }),
    origin: originJson(origin),
    rules: rules.map((rule) => ruleJson(name, rule)),
  };
}

function ruleJson(chain: string, rule: Rule): object {
  return { text: `-A ${chain} ${printRule(rule)}`, origin: originJson(rule.origin) };
}

function policyJson({ policy, origin, directions }: PolicyPairs): object {
  return {
    policy,
    origin: originJson(origin),
    directions: directions.map(({ direction, subjects, groups }) => ({
      direction,
      subjects: expressionJson(subjects),
      groups: groups.map(groupJson),
    })),
  };
}

function groupJson({ verdict, sources, destinations, ports, origin }: PairGroup): object {
  return {
    verdict,
    sources: expressionJson(sources),
    destinations: expressionJson(destinations),
    ports: ports.map((port) => ({ ...port, text: describePort(port) })),
    origin: originJson(origin),
  };
}

function expressionJson(expression: SetExpression): object {
  return { text: describeExpression(expression), all: expression };
}
