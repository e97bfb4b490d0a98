import type { Rule } from "../netfilter/tables.js";
import type { FieldOrigin } from "../text/origin.js";
import { namedChains } from "./courses.js";
import type { Legend } from "./legend.js";
import { decidingStep, type Trace, type TracedTables, type TraceStep } from "./trace.js";

/** A rule that a policy is the reason for, and that had a part in the verdict. */
export interface Cause {
  readonly step: TraceStep;
  readonly origin: FieldOrigin;
}

/**
 * The policies behind the verdict of a trace, in order of the walk: from the rule that decided back to the rules that led to it, and to
 * those that set the marks it and these asked for. Of a policy's rules the last is named, not the one that leads to it. None when no policy
 * had a part, or when the verdict depends.
 */
export function causesOf(trace: Trace, tables: TracedTables, legend: Legend): readonly Cause[] {
  const last = decidingStep(trace);
  if (!last) return [];
  const chains = namedChains(tables);
  const ruleOf = ({ chain, rule }: TraceStep): Rule | undefined => chains.get(chain)?.rules[rule - 1];
  const { steps } = trace;
  const parents = parentsOf(steps);

  const found = new Set<number>();
  const visit = (index: number): void => {
    for (let at: number | undefined = index; at !== undefined && !found.has(at); at = parents[at]) {
      found.add(at);
      for (const match of ruleOf(steps[at]!)?.matches ?? []) {
        if (match.kind === "mark" && !match.negated) settersBefore(at, match.value & match.mask).forEach(visit);
      }
    }
  };
  const settersBefore = (index: number, bits: number): number[] =>
    steps.slice(0, index).flatMap((step, at) => {
      const target = step.action === "mark" ? ruleOf(step)?.target : undefined;
      return target?.kind === "set-mark" && (target.value & bits) !== 0 ? [at] : [];
    });
  visit(steps.indexOf(last));

  const causes = [...found]
    .sort((a, b) => a - b)
    .flatMap((index): (Cause & { readonly index: number })[] => {
      const rule = ruleOf(steps[index]!);
      const origin = rule && legend.originOf(steps[index]!.chain, rule);
      return origin?.kind === "field" ? [{ index, step: steps[index]!, origin }] : [];
    });
  return causes.filter(
    ({ index, origin }) =>
      !causes.some((other) => parents[other.index] === index && other.origin.object === origin.object),
  );
}

/** How deep each step is: 0 in the chain where the walk began. */
export function depthsOf(steps: readonly TraceStep[]): readonly number[] {
  const parents = parentsOf(steps);
  const depths: number[] = [];
  steps.forEach((_, index) => {
    const parent = parents[index];
    depths.push(parent === undefined ? 0 : depths[parent]! + 1);
  });
  return depths;
}

/** By step: the index of the jump or goto that led into its chain. */
function parentsOf(steps: readonly TraceStep[]): readonly (number | undefined)[] {
  const entered: number[] = [];
  return steps.map((step, index) => {
    // No chain is entered twice at once, so that the innermost entry of this chain's name is the one.
    while (entered.length > 0 && steps[entered.at(-1)!]!.to !== step.chain) entered.pop();
    const parent = entered.at(-1);
    if (step.to !== undefined) entered.push(index);
    return parent;
  });
}
