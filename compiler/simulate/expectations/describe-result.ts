import { shorten } from "../../text/quote.js";
import { formatLocation } from "../../text/source.js";
import { depthsOf } from "../causes.js";
import { describeAction, describeMatches } from "../describe-step.js";
import { versionOfText } from "../ip.js";
import { describeTraffic } from "../traffic-words.js";
import type { ExpectationFailure, ExpectationResult, FailureReasons } from "./check-expectation.js";
import { describeJudgement } from "./describe-judgement.js";
import { formatExpectedPort } from "./expected-traffic.js";
import type { Expectation } from "./expectation.js";
import { printable } from "../../text/printable.js";

/** `shop/web → shop/api, 80/tcp: allow` */
export function describeExpectation({ from, to, ports, verdict }: Expectation): string {
  const join = (texts: readonly string[]): string => shorten(texts.join(", "));
  const [sources, destinations] = [from, to].map((ends) => join(ends.map(({ text }) => text)));
  return printable(`${sources} → ${destinations}, ${join(ports.map(formatExpectedPort))}: ${verdict}`);
}

/** Why an expectation failed, and what for it was written; none when it is met. Lines without line ends. */
export function explainResult(result: ExpectationResult): readonly string[] {
  const { expectation, failures } = result;
  if (failures.length === 0) return [];
  const explained = distinct(failures);
  const lines = expectation.because === "" ? [] : [`because: ${expectation.because}`];
  for (const failure of explained) lines.push(...explainFailure(failure));
  const others = failures.filter((failure) => !explained.includes(failure)).slice(0, shownOthers);
  lines.push(...others.map((failure) => `also ${headline(failure)}`));
  const more = failures.length - explained.length - others.length;
  if (more > 0) lines.push(`and ${more} more like these`);
  return lines.map(printable);
}

/** Failures of one kind of which no more than the headline is shown. */
const shownOthers = 10;

/** Rules of a walk that are shown. */
const shownSteps = 40;

/** The first failure of each kind. */
function distinct(failures: readonly ExpectationFailure[]): readonly ExpectationFailure[] {
  const kinds = new Map<string, ExpectationFailure>();
  for (const failure of failures) {
    const kind = `${failure.bySpecification} ${failure.byRules}`;
    if (!kinds.has(kind)) kinds.set(kind, failure);
  }
  return [...kinds.values()];
}

function headline(failure: ExpectationFailure): string {
  const { source, destination, traffic, pairs, packet, bySpecification, byRules } = failure;
  const version = versionOfText(packet.source.address) === 6 ? " over IPv6" : "";
  const alike = pairs > 1 ? ` (and ${pairs - 1} more ${pairs === 2 ? "pair" : "pairs"} like it)` : "";
  const words = { allow: "allow", deny: "deny", depends: "leave open" };
  const said =
    bySpecification === byRules
      ? `the specification and the rules ${words[byRules]} it`
      : `the specification ${bySpecification === "allow" ? "allows" : "denies"} it, but the rules ${words[byRules]} it`;
  return `${source.name} → ${destination.name}${alike}, ${describeTraffic(traffic)}${version}: ${said}`;
}

function explainFailure(failure: ExpectationFailure): readonly string[] {
  const { source, destination, packet } = failure;
  const reasons = failure.explain();
  const differ = failure.byRules !== "depends" && failure.byRules !== failure.bySpecification;
  const sent =
    packet.protocol === "other" ? "a packet of another protocol" : `a packet to ${packet.protocol} ${packet.port}`;
  return [
    headline(failure),
    ...describeJudgement(reasons.judgement, source.name, destination.name).map((line) => `  specification: ${line}`),
    ...describeCauses(reasons).map((line) => `  rules: ${line}`),
    ...(differ ? ["  the rules differ from the specification: anpm verify says how"] : []),
    `  ${sent} through the rules:`,
    ...describeWalk(reasons).map((line) => `    ${line}`),
  ];
}

function describeCauses({ trace, decidedBy, causes }: FailureReasons): readonly string[] {
  if (!decidedBy) {
    const unknown = trace.steps.filter(({ matched }) => matched === "unknown").slice(0, 5);
    return [`not known whether these match: ${unknown.map(({ chain, rule }) => `${chain} ${rule}`).join(", ")}`];
  }
  const { chain, rule, text } = decidedBy;
  const decided = `decided by ${rule === 0 ? text : `${chain} ${rule}`}`;
  if (causes.length === 0) return [`${decided}, no policy had a part in it`];
  return causes.map(({ origin }) => {
    return `${decided}, because of ${origin.object}, ${origin.field} (${formatLocation(origin.location)})`;
  });
}

/** The rules that matched, deeper chains further in. */
function describeWalk({ trace: { steps }, tables, legend }: FailureReasons): readonly string[] {
  const depths = depthsOf(steps);
  const chains = new Map(tables.chains.map(({ name, rules }) => [name, rules]));
  const lines = steps.flatMap((step, index) => {
    if (step.matched === false) return [];
    const why = describeMatches(step, chains.get(step.chain)?.[step.rule - 1], legend);
    const words = [step.matched === "unknown" ? "perhaps" : "", why, describeAction(step)].filter(
      (part) => part !== "",
    );
    return [
      `${"  ".repeat(depths[index]!)}${step.chain} ${step.rule === 0 ? "policy" : step.rule}: ${words.join(": ")}`,
    ];
  });
  if (lines.length <= shownSteps) return lines;
  return [...lines.slice(0, shownSteps), `and ${lines.length - shownSteps} more rules`];
}
