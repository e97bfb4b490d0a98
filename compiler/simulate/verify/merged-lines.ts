import type { NetworkPolicy, PolicyType } from "../../model/objects.js";
import type { Cluster } from "../cluster.js";
import { allTraffic, noTraffic, type Traffic } from "../traffic.js";
import type { Alterations, Stop } from "./alterations.js";
import { asRead } from "./altered-blocks.js";
import type { Ends } from "./altered-ports.js";
import { isForPodsOnly, meansAddress } from "./altered-selectors.js";
import {
  blockFails,
  blockTakes,
  forSubject,
  otherEnd,
  peerText,
  portFails,
  portTakes,
  portText,
  subjectText,
} from "./line-parts.js";
import { Lines, type Line } from "./lines.js";
import { bothTypes, writePolicies, type Written } from "./merging.js";
import { isOpened, rulesOf } from "./rules-of.js";

/** The deviations that say how policies were carried out from v1.0.27 to v1.0.30, each for the releases that it names. */
export const merges = ["npm-shares-peers", "npm-pools-policies"] as const;

/**
 * How policies were carried out from v1.0.27 to v1.0.30: rules with ports lead to one list of the peers of all policies, which since v1.0.30
 * ends with a DROP for each; policies with one selector are merged, two at a time.
 */
export function mergedTraffic(cluster: Cluster, ends: Ends, altered: Alterations, stops: readonly Stop[]): Traffic {
  let lines = known.get(altered);
  if (!lines) known.set(altered, (lines = linesOf(cluster, altered, stops)));
  return lines.traffic(["INGRESS-PORT", "EGRESS-PORT", "TARGET-SETS"], ends, allTraffic);
}

const known = new WeakMap<Alterations, Lines>();

function linesOf({ policies }: Cluster, altered: Alterations, stops: readonly Stop[]): Lines {
  const lines = new Lines("last");
  const closing = altered.on("npm-shares-peers", policies[0]!);
  const translate = (policy: Written): readonly Line[] => policyLines(policy, altered, closing);
  writePolicies(policies, lines, { translate, fails, altered, stops, merging: true });
  return lines;
}

/** Where iptables does not understand a line; of the words that overwrite each other only the release itself knows. */
function fails(line: Line, stop: Stop): boolean {
  if (line.fails || line.field !== stop.field) return line.fails === true;
  return line.chain === "EGRESS-TO" || (line.chain === "EGRESS-PORT" && line.text.startsWith("open "));
}

/** `closing`: a list of peers ends with a DROP, and ports lead to it when it is written. */
function policyLines(policy: Written, altered: Alterations, closing: boolean): readonly Line[] {
  const lines: Line[] = [];
  const closed = new Set<PolicyType>();
  for (const type of policy.policyTypes) if (directionLines(policy, type, altered, lines, closing)) closed.add(type);
  for (const type of bothTypes) {
    if (!policy.isolates.includes(type) || leavesOpen(policy, type, altered) || closed.has(type)) continue;
    lines.push(drop("TARGET-SETS", policy, type, altered));
  }
  return lines;
}

/** Whether a direction has one rule `{}`, and no DROP behind it. */
function leavesOpen(policy: NetworkPolicy, type: PolicyType, altered: Alterations): boolean {
  if (!policy.policyTypes.includes(type) || !isOpened(policy, type)) return false;
  return !altered.on("npm-open-rule-pods-only-even-alone", rulesOf(policy, type)[0]!);
}

/** True when the direction's list of peers ends with a DROP. */
function directionLines(
  policy: NetworkPolicy,
  type: PolicyType,
  altered: Alterations,
  lines: Line[],
  closing: boolean,
): boolean {
  const [list, peersField, chain, peers] =
    type === "Ingress"
      ? (["ingress", "from", "INGRESS-PORT", "INGRESS-FROM"] as const)
      : (["egress", "to", "EGRESS-PORT", "EGRESS-TO"] as const);
  const subject = subjectText(policy, type);
  const add = (
    where: string,
    field: string,
    text: string,
    to: Line["to"],
    takes: Line["takes"],
    failing = false,
  ): void => {
    lines.push({
      chain: where,
      field,
      text: `${text} ${subject}`,
      to,
      takes: forSubject(policy, type, altered, takes),
      fails: failing,
    });
  };
  let closes = false;
  policy[list].forEach((rule, index) => {
    const field = `spec.${list}[${index}]`;
    if (rule.peers.length === 0) {
      for (const port of rule.ports)
        add(chain, field, `${portText(port)} accept`, "ACCEPT", portTakes(port, altered), portFails(port));
      if (rule.ports.length > 0) return;
      // A list of all namespaces stands for everybody.
      const everybody = (ends: Ends): Traffic =>
        !isForPodsOnly(rule, altered) || otherEnd(ends, type).isPod ? allTraffic : noTraffic;
      add(chain, field, "open", "ACCEPT", everybody);
      return;
    }
    const leads = (): void => {
      const lead = { chain: peers };
      if (rule.ports.length === 0) add(chain, field, "lead", lead, () => allTraffic);
      for (const port of rule.ports)
        add(chain, field, `${portText(port)} lead`, lead, portTakes(port, altered), portFails(port));
    };
    if (!closing) leads();
    rule.peers.forEach((peer, position) => {
      const at = `${field}.${peersField}[${position}]`;
      if (peer.kind === "ipBlock") {
        const { cidr, except } = asRead(peer, altered);
        const block = (network: string, to: "ACCEPT" | "DROP"): void => {
          const takes = blockTakes({ cidr: network, except: [] }, type);
          add(peers, at, `${network} ${to}`, to, takes, blockFails(network));
        };
        const behind = altered.on("npm-exception-behind-block", peer);
        if (behind) block(cidr, "ACCEPT");
        for (const each of except) block(each, "DROP");
        if (!behind) block(cidr, "ACCEPT");
        closes = closing;
        return;
      }
      if (altered.on("npm-skips-both-selectors", peer)) return;
      const means = (ends: Ends): Traffic =>
        meansAddress(peer, policy, otherEnd(ends, type), altered) ? allTraffic : noTraffic;
      add(peers, at, `${peerText(peer, policy)} accept`, "ACCEPT", means);
      closes = closing;
    });
    if (closing) leads();
  });
  if (closes) lines.push(drop(peers, policy, type, altered));
  return closes;
}

function drop(chain: string, policy: NetworkPolicy, type: PolicyType, altered: Alterations): Line {
  const takes = forSubject(policy, type, altered, () => allTraffic);
  return { chain, field: "spec.podSelector", text: `drop ${subjectText(policy, type)}`, to: "DROP", takes };
}
