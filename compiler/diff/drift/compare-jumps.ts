import { chainsOf, isHook, isOwnChain } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Chain, Tables } from "../../netfilter/tables.js";
import { ruleKey } from "./compare-chain.js";
import { lineOf, named, placeOf, type RuleContext } from "./compare-rules.js";
import type { DriftFinding } from "./finding.js";

/** The jumps of a node beside the one that is wanted, and where it stands among other people's rules. */
export function compareJumps(node: readonly Chain[], wanted: Tables, context: RuleContext): DriftFinding[] {
  const { ownership, table } = context;
  const [there, should] = [node, chainsOf(wanted, table)].map((chains) => jumpsOf(chains, ownership));
  const findings: DriftFinding[] = [];
  const spare = [...there!];
  for (const jump of should!) {
    const at = spare.findIndex(({ line, above }) => line === jump.line && above === jump.above);
    const elsewhere = spare.findIndex(({ line }) => line === jump.line);
    if (at >= 0) spare.splice(at, 1);
    else if (elsewhere >= 0) {
      const [found] = spare.splice(elsewhere, 1);
      findings.push({
        code: "jump-misplaced",
        severity: "drift",
        message: `${jump.leads ? "the jump" : "a rule"} is behind ${found!.above} of the other rules of ${named(jump.chain, table)}, and should be behind ${jump.above}`,
        ...placeOf(jump.chain, table),
      });
    } else {
      findings.push({
        code: "jump-missing",
        severity: "drift",
        message: jump.leads
          ? `${named(jump.chain, table)} does not lead to the engine's rules: ${jump.chain === "FORWARD" ? "no policy is in force" : "they decide nothing there"}`
          : `a rule that the engine has in ${named(jump.chain, table)} is not there`,
        ...placeOf(jump.chain, table),
        missingRules: [jump.line],
      });
    }
  }
  // Where no policy is left, the engine may leave its skeleton with the jump to it.
  const left = should!.length === 0 && isSkeleton(node, context);
  for (const jump of spare) {
    findings.push({
      code: left ? "chain-left" : "jump-unexpected",
      severity: left ? "note" : "drift",
      message: left
        ? `the jump of ${named(jump.chain, table)} leads to chains that decide nothing`
        : jump.leads
          ? `${named(jump.chain, table)} has one more jump to the engine's rules`
          : `${named(jump.chain, table)} has one more rule of the engine's`,
      ...placeOf(jump.chain, table),
      unexpectedRules: [jump.line],
    });
  }
  return findings;
}

function isSkeleton(node: readonly Chain[], { ownership, skeleton }: RuleContext): boolean {
  const usual = new Map(skeleton.map((chain) => [chain.name, new Set(chain.rules.map(ruleKey))]));
  return node
    .filter(({ name }) => name.startsWith(ownership.chainPrefix))
    .every(({ name, rules }) => rules.every((rule) => usual.get(name)?.has(ruleKey(rule))));
}

interface Jump {
  readonly chain: string;
  readonly line: string;
  readonly above: number;
  /** It leads to chains of the engine. */
  readonly leads: boolean;
}

function jumpsOf(chains: readonly Chain[], ownership: Ownership): Jump[] {
  return chains
    .filter((chain) => !isOwnChain(chain, ownership))
    .flatMap(({ name, rules }) => {
      let above = 0;
      return rules.flatMap((rule): Jump[] => {
        if (isHook(rule, ownership)) {
          const to = rule.target && "to" in rule.target ? rule.target.to : "";
          return [{ chain: name, line: lineOf(name, rule), above, leads: to.startsWith(ownership.chainPrefix) }];
        }
        above += 1;
        return [];
      });
    });
}
