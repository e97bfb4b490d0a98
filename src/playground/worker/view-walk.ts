import {
  answerTrace,
  clusterOf,
  depthsOf,
  describeAction,
  describeMatches,
  judge,
  legendOf,
  readBack,
  readQuestion,
  type CompileResult,
  type DirectionJudgement,
  type Judgement,
  type Legend,
  type TracedTables,
  type TraceEnd,
  type Walk,
} from "../../../compiler/index.js";
import type { WrittenPacket } from "../switches.js";
import type { StepView, WalkView } from "../views.js";
import { causeOf } from "./place.js";
import { viewProblem } from "./view-problem.js";
import { ruleId } from "./view-tables.js";

/** Rules in a row that do not match: so many are told apart. */
const shownOfRow = 2;

/** The walk of a packet through the rules as they are printed, beside what Kubernetes specifies. */
export function viewWalk(result: CompileResult, written: WrittenPacket): WalkView {
  const tables = readBack(result.tables);
  const legend = legendOf(result.tables);
  const asked = { ...written, state: "new", namespace: "default" } as const;
  const { question, diagnostics } = readQuestion(asked, tables, result.objects);
  const problems = diagnostics.map(viewProblem);
  if (!question) return { problems };
  const walk = answerTrace(question, tables, legend).walks[0]!;
  const { protocol, port = 0 } = walk.packet;
  const ends = { source: question.source.endpoint, destination: question.destination.endpoint };
  const judgement = judge(clusterOf(result.objects, result.specification), { ...ends, protocol, port });
  return {
    problems,
    walk: {
      source: nameEnd(question.source),
      destination: nameEnd(question.destination),
      port: protocol === "other" ? "another protocol" : `${port}/${protocol}`,
      verdict: walk.verdict,
      spec: judgement.verdict,
      specReasons: describeJudgement(judgement),
      steps: viewSteps(walk, tables, legend),
      causes: walk.causes.map(({ step, origin }) => ({ id: ruleId(step.chain, step.rule), cause: causeOf(origin) })),
    },
  };
}

function nameEnd({ name, endpoint: { address } }: TraceEnd): string {
  return name === address ? name : `${name} (${address})`;
}

function viewSteps({ steps, decidedBy }: Walk, tables: TracedTables, legend: Legend): readonly StepView[] {
  const chains = new Map(tables.chains.map(({ name, rules }) => [name, rules]));
  const depths = depthsOf(steps);
  const viewed: StepView[] = [];
  let mark: number | undefined = 0;
  let row = 0;
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    row = step.matched === false && before?.matched === false && before.chain === step.chain ? row + 1 : 0;
    if (row > shownOfRow) {
      const last = viewed.pop()!;
      const count = last.count + 1;
      return void viewed.push({ ...last, count, why: `${count} more rules do not match`, text: "", rule: step.rule });
    }
    if (step.action === "mark" && step.matched !== false) mark = step.mark;
    const rule = chains.get(step.chain)?.[step.rule - 1];
    const origin = rule && legend.originOf(step.chain, rule);
    viewed.push({
      id: rule ? ruleId(step.chain, step.rule) : "",
      chain: step.chain,
      rule: step.rule,
      depth: depths[index]!,
      matched: step.matched,
      why: describeMatches(step, rule, legend),
      action: step.matched === false ? "" : describeAction(step),
      text: step.text,
      ...(mark !== undefined && { mark }),
      decides: step === decidedBy,
      count: 1,
      ...(origin && { cause: causeOf(origin) }),
    });
  });
  return viewed;
}

function describeJudgement({ ingress, egress }: Judgement): readonly string[] {
  return [...describeDirection(egress, "egress", "source"), ...describeDirection(ingress, "ingress", "destination")];
}

function describeDirection(
  { reasons }: DirectionJudgement,
  direction: "ingress" | "egress",
  end: "source" | "destination",
): readonly string[] {
  return reasons.map((reason) => {
    switch (reason.kind) {
      case "not-a-pod":
        return `${direction}: no policy can select the ${end}, it is no pod with an address of its own`;
      case "not-isolated":
        return `${direction}: no policy selects the ${end}, so everything is allowed`;
      case "by-default":
        return `${direction}: ${reason.text}`;
      case "rule-denies":
        return `${direction}: ${reason.policy} denies it, ${reason.field}`;
      case "rule-allows":
        return `${direction}: ${reason.policy} allows it, ${reason.field}`;
      case "policy-isolates":
        return `${direction}: ${reason.policy} selects the ${end}, and none of its rules allows it`;
    }
  });
}
