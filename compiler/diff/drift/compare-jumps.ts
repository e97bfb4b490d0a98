import { isHook } from "../../netfilter/owned.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Chain, Tables } from "../../netfilter/tables.js";
import { ruleKey } from "./compare-chain.js";
import { lineOf, type RuleContext } from "./compare-rules.js";
import type { DriftFinding } from "./finding.js";

/** The jumps of a node beside the one that is wanted, and where it stands among other people's rules. */
export function compareJumps(node: readonly Chain[], wanted: Tables, context: RuleContext): DriftFinding[] {
  const { ownership } = context;
  const [there, should] = [jumpsOf(node, ownership), jumpsOf(wanted.chains, ownership)];
  const findings: DriftFinding[] = [];
  const spare = [...there];
  for (const jump of should) {
    const at = spare.findIndex(({ line, above }) => line === jump.line && above === jump.above);
    const elsewhere = spare.findIndex(({ line }) => line === jump.line);
    if (at >= 0) spare.splice(at, 1);
    else if (elsewhere >= 0) {
      const [found] = spare.splice(elsewhere, 1);
      findings.push({
        code: "jump-misplaced",
        severity: "drift",
        message: `the jump is behind ${found!.above} of the other rules of ${jump.chain}, and should be behind ${jump.above}`,
        chain: jump.chain,
      });
    } else {
      findings.push({
        code: "jump-missing",
        severity: "drift",
        message: `${jump.chain} does not lead to the engine's rules: no policy is in force`,
        chain: jump.chain,
        missingRules: [jump.line],
      });
    }
  }
  // Where no policy is left, the engine may leave its skeleton with the jump to it.
  const left = should.length === 0 && isSkeleton(node, context);
  for (const jump of spare) {
    findings.push({
      code: left ? "chain-left" : "jump-unexpected",
      severity: left ? "note" : "drift",
      message: left
        ? `the jump of ${jump.chain} leads to chains that decide nothing`
        : `${jump.chain} has one more jump to the engine's rules`,
      chain: jump.chain,
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

function jumpsOf(chains: readonly Chain[], ownership: Ownership): { chain: string; line: string; above: number }[] {
  return chains
    .filter(({ name }) => !name.startsWith(ownership.chainPrefix))
    .flatMap(({ name, rules }) => {
      let above = 0;
      return rules.flatMap((rule) => {
        if (isHook(rule, ownership)) return [{ chain: name, line: lineOf(name, rule), above }];
        above += 1;
        return [];
      });
    });
}
