import type { CompileResult } from "./compile.js";
import type { Chain, Rule } from "./netfilter/tables.js";
import { printRule } from "./netfilter/print-rule.js";
import type { AnyExpression, AnyGroup, AnyPairs, AnyPort } from "./pairs/any-pairs.js";
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

function policyJson({ policy, origin, directions, rank }: AnyPairs): object {
  return {
    policy,
    ...(rank && { rank }),
    origin: originJson(origin),
    directions: directions.map(({ direction, subjects, groups }) => ({
      direction,
      subjects: expressionJson(subjects),
      groups: groups.map(groupJson),
    })),
  };
}

function groupJson(group: AnyGroup): object {
  const { verdict, sources, destinations, ports, notPorts, sourcePorts, notSourcePorts, ipVersion, origin } = group;
  return {
    verdict,
    sources: expressionJson(sources),
    destinations: expressionJson(destinations),
    ports: portsJson(ports),
    ...(notPorts && { notPorts: portsJson(notPorts) }),
    ...(sourcePorts && { sourcePorts: portsJson(sourcePorts) }),
    ...(notSourcePorts && { notSourcePorts: portsJson(notSourcePorts) }),
    ...(ipVersion !== undefined && { ipVersion }),
    origin: originJson(origin),
  };
}

function portsJson(ports: readonly AnyPort[]): readonly object[] {
  return ports.map((port) => ({ ...port, text: describePort(port) }));
}

function expressionJson(expression: AnyExpression): object {
  return { text: describeExpression(expression), all: expression };
}
