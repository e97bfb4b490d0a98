import type { Match, Rule } from "../../../netfilter/tables.js";
import { formatMark } from "./chains.js";

/**
 * The words of a rule as NPM writes them into a restore file or a command: target first, protocol in upper case, the
 * comment never quoted. (The kernel prints them in another order.)
 * Source: Azure NPM cbd7560cf, npm/pkg/dataplane/policies/policymanager_linux.go.
 */
export function programWords(rule: Rule): string[] {
  const target = rule.target!;
  const words =
    target.kind === "set-mark" ? ["-j", "MARK", "--set-mark", formatMark(target)] : ["-j", targetName(target)];
  return [...words, ...rule.matches.flatMap(matchWords)];
}

function targetName(target: NonNullable<Rule["target"]>): string {
  if (target.kind !== "jump") throw new Error(`NPM v2 writes no target of kind ${target.kind}`);
  return target.to;
}

function matchWords(match: Match): string[] {
  switch (match.kind) {
    case "protocol":
      return ["-p", match.protocol.toUpperCase()];
    case "destination-port":
      return ["--dport", match.first === match.last ? `${match.first}` : `${match.first}:${match.last}`];
    case "set":
      return ["-m", "set", ...(match.negated ? ["!"] : []), "--match-set", match.set, match.flags];
    case "mark":
      return ["-m", "mark", "--mark", formatMark(match)];
    case "connection-state":
      return ["-m", "conntrack", "--ctstate", match.states.join(",")];
    case "comment":
      return ["-m", "comment", "--comment", match.text];
    default:
      throw new Error(`NPM v2 writes no match of kind ${match.kind}`);
  }
}
