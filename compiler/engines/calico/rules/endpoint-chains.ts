import type { Origin } from "../../../text/origin.js";
import {
  accept,
  clearMark,
  connection,
  doNotTrack,
  drop,
  jump,
  markClear,
  markSet,
  ports,
  protocol,
  returnToCaller,
  setMark,
} from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import type { Marks } from "../marks.js";
import type { Direction, Policy } from "../policy.js";
import type { FelixSettings } from "../settings.js";
import { policyJumps } from "./groups.js";
import { loggingOf, profileFlowLog, tierFlowLog } from "./logs.js";
import { profileChainName } from "./policy-chains.js";
import { connectionLimitRules, packetRateRules, type LimitedTraffic } from "./qos-rules.js";

/** The policies of an endpoint in one tier, in order of evaluation. */
export interface TierPolicies {
  readonly tier: string;
  /** What becomes of a packet that no policy of the tier has decided about. */
  readonly defaultAction: "Deny" | "Pass";
  readonly ingress: readonly Policy[];
  readonly egress: readonly Policy[];
}

/** One chain of an endpoint. */
export interface EndpointChain {
  readonly name: string;
  readonly direction: Direction;
  /** Normal policy; before connection tracking; before translation; of what is forwarded. */
  readonly type: "normal" | "untracked" | "pre-dnat" | "forward";
  readonly tiers: readonly TierPolicies[];
  readonly profiles: readonly string[];
  /** The chain of ports that are always open. */
  readonly failsafe?: "cali-failsafe-in" | "cali-failsafe-out";
  /** What allows a packet of a known connection. */
  readonly allow: "ACCEPT" | "RETURN";
  /** Encapsulated packets are dropped. */
  readonly fromWorkload: boolean;
  /** What annotations of the pod limit; only in a normal chain. */
  readonly limits?: LimitedTraffic;
  readonly origin: Origin;
}

const vxlanProtocol = 17;
const ipipProtocol = 4;

/** The chain, and the chains of the groups that it jumps to. Source: Calico 87c15906f, felix/rules/endpoints.go, endpointIptablesChain. */
export function endpointChains(
  chain: EndpointChain,
  generation: Generation,
  felix: FelixSettings,
): readonly FelixChain[] {
  const { endpoints } = generation;
  const { marks } = felix;
  const { type, direction } = chain;
  const groups: FelixChain[] = [];
  const logging = loggingOf(felix, generation);
  const rules: FelixRule[] = [
    ...(chain.limits ? packetRateRules(chain.limits, marks) : []),
    ...(type === "untracked" ? [] : trackedRules(chain, marks.accept, felix)),
    ...(chain.limits ? connectionLimitRules(chain.limits) : []),
    ...(chain.failsafe && type !== "forward" ? [{ action: jump(chain.failsafe) }] : []),
    { action: clearMark(endpoints.clearsPass ? marks.accept | marks.pass : marks.accept) },
    ...(chain.fromWorkload ? encapsulationRules(generation, felix) : []),
  ];
  for (const tier of chain.tiers) {
    const policies = tier[direction];
    if (policies.length === 0) continue;
    const jumps = policyJumps(policies, direction, generation, marks);
    groups.push(...jumps.groups);
    rules.push(...tierStart(tier.tier, generation, marks));
    for (const name of jumps.chains) {
      rules.push({ matches: [markClear(marks.pass)], action: jump(name) });
      if (type === "untracked") rules.push({ matches: [markSet(marks.accept)], action: doNotTrack });
      rules.push({ comments: ["Return if policy accepted"], matches: [markSet(marks.accept)], action: returnToCaller });
    }
    if (type !== "normal" && type !== "forward") continue;
    // A tier of staged policies alone leaves everything open.
    const denies = jumps.chains.length > 0 && tier.defaultAction === "Deny";
    rules.push(...tierFlowLog(denies ? "deny" : "pass", direction, tier.tier, [markClear(marks.pass)], logging));
    if (denies) {
      const where = endpoints.namesTierEnd ? `End of tier ${tier.tier}. ` : "";
      rules.push({
        comments: [`${where}Drop if no policies passed packet`],
        matches: [markClear(marks.pass)],
        action: drop,
      });
    }
  }
  if (type === "forward" && acceptsForwarded(chain, generation)) {
    rules.push(
      { comments: ["Allow forwarded traffic by default"], action: setMark(marks.accept) },
      { comments: ["Return for accepted forward traffic"], action: returnToCaller },
    );
  }
  if (type === "normal") {
    for (const profile of chain.profiles) {
      rules.push(
        { action: jump(profileChainName(profile, direction)) },
        { comments: ["Return if profile accepted"], matches: [markSet(marks.accept)], action: returnToCaller },
      );
    }
    rules.push(...profileFlowLog(direction, logging));
    rules.push({ comments: ["Drop if no profiles matched"], action: drop });
  }
  return [{ name: chain.name, rules, origin: chain.origin }, ...groups];
}

function acceptsForwarded({ tiers, direction }: EndpointChain, { endpoints }: Generation): boolean {
  return endpoints.acceptsForwardByDirection ? tiers.every((tier) => tier[direction].length === 0) : tiers.length === 0;
}

/** Packets of connections that were let through before, and those that belong to none. */
function trackedRules(chain: EndpointChain, acceptMark: number, felix: FelixSettings): readonly FelixRule[] {
  const known = [connection(["RELATED", "ESTABLISHED"])];
  return [
    ...(chain.allow === "RETURN" ? [{ matches: known, action: setMark(acceptMark) }] : []),
    { matches: known, action: chain.allow === "RETURN" ? returnToCaller : accept },
    ...(felix.disableConntrackInvalidCheck ? [] : [{ matches: [connection(["INVALID"])], action: drop }]),
  ];
}

function encapsulationRules({ endpoints }: Generation, felix: FelixSettings): readonly FelixRule[] {
  const who = endpoints.dropsEncapsulated;
  if (who === undefined) return [];
  const vxlan = {
    comments: [`Drop VXLAN encapped packets originating in ${who}`],
    matches: [protocol(vxlanProtocol), ports("destination", [{ first: felix.vxlanPort, last: felix.vxlanPort }])],
    action: drop,
  };
  const ipip = {
    comments: [`Drop IPinIP encapped packets originating in ${who}`],
    matches: [protocol(ipipProtocol)],
    action: drop,
  };
  return [...(felix.allowVxlanFromWorkloads ? [] : [vxlan]), ...(felix.allowIpipFromWorkloads ? [] : [ipip])];
}

function tierStart(tier: string, { endpoints }: Generation, marks: Marks): readonly FelixRule[] {
  if (endpoints.tierStart === "none") return [];
  const comment = endpoints.tierStart === "policies" ? "Start of policies" : `Start of tier ${tier}`;
  return [{ comments: [comment], action: clearMark(marks.pass) }];
}
