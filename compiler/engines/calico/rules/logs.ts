import { flowLog, limit, log, type Features, type Fragment, type RateLimit } from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import { flowLogPrefix } from "../hashes.js";
import type { Direction } from "../policy.js";
import { hasFlowLogs, logLimit, type FelixSettings } from "../settings.js";

/** How what happens to packets is logged. */
export interface Logging {
  readonly prefix: string;
  /** Words for a policy are replaced in the prefix. */
  readonly namesPolicies: boolean;
  readonly limit?: RateLimit;
  /** Absent without flow logs. */
  readonly flows?: Features;
}

/** The policy or profile that a chain has the rules of, as logs call it. */
export interface LogOwner {
  /** `policy` in front of connection tracking, where there are no flow logs, is `untracked`. */
  readonly of: "policy" | "untracked" | "profile";
  /** In flow logs: `knp/shop/web`; before v3.32 `shop/knp.default.web`. */
  readonly id: string;
  /** What stands for `%t`, `%k`, `%n` and `%p`. */
  readonly tier: string;
  readonly kind: string;
  readonly name: string;
  readonly qualified: string;
}

export function loggingOf(felix: FelixSettings, { knows }: Generation): Logging {
  const rateLimit = logLimit(felix);
  return {
    prefix: felix.logPrefix,
    namesPolicies: knows.logDetails === "names",
    ...(rateLimit && { limit: rateLimit }),
    ...(hasFlowLogs(felix) && { flows: felix.features }),
  };
}

/** A rule with the action Log. Source: Calico, felix/rules/policy.go, generateLogPrefix; read near 87c15906f. */
export function logRule(
  matches: readonly Fragment[],
  owner: LogOwner,
  { prefix, namesPolicies, limit: rateLimit }: Logging,
): FelixRule {
  const words: Readonly<Record<string, string>> = {
    "%t": owner.tier,
    "%k": owner.kind,
    "%n": owner.name,
    "%p": owner.qualified,
  };
  const named = namesPolicies ? prefix.replaceAll(/%[tknp]/g, (word) => words[word]!) : prefix;
  return { matches: [...(rateLimit ? [limit(rateLimit)] : []), ...matches], action: log(named) };
}

const letters = { allow: "A", deny: "D", pass: "P", ingress: "I", egress: "E" } as const;

/**
 * What tells Felix that a policy's or profile's rule, counted from 0, took a packet: `API0|knp/shop/web`. Source: Calico,
 * felix/rules/nflogprefix.go, CalculateNFLOGPrefixStr; read near 87c15906f.
 */
export function ruleFlowLog(
  action: "allow" | "deny" | "pass",
  direction: Direction,
  index: number,
  matches: readonly Fragment[],
  { of, id }: LogOwner,
  { flows }: Logging,
): readonly FelixRule[] {
  const prefix = `${letters[action]}${of === "profile" ? "R" : "P"}${letters[direction]}${index}|${id}`;
  return of === "untracked" ? [] : flowLogRules(direction, prefix, matches, flows);
}

/** What tells Felix that no policy of a tier has decided about a packet. */
export function tierFlowLog(
  action: "deny" | "pass",
  direction: Direction,
  tier: string,
  matches: readonly Fragment[],
  { flows }: Logging,
): readonly FelixRule[] {
  return flowLogRules(direction, `${letters[action]}P${letters[direction]}|${tier}`, matches, flows);
}

/** What tells Felix that no profile has allowed a packet. */
export function profileFlowLog(direction: Direction, { flows }: Logging): readonly FelixRule[] {
  return flowLogRules(direction, `DR${letters[direction]}`, [], flows);
}

function flowLogRules(
  direction: Direction,
  prefix: string,
  matches: readonly Fragment[],
  flows: Features | undefined,
): readonly FelixRule[] {
  return flows ? [{ matches, action: flowLog(direction === "ingress" ? 1 : 2, flowLogPrefix(prefix), flows) }] : [];
}
