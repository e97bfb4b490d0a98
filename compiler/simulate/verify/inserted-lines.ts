import type { NetworkPolicy, PolicyRule, PolicyType } from "../../model/objects.js";
import type { Cluster } from "../cluster.js";
import { allTraffic, intersectTraffic, noTraffic, type Traffic } from "../traffic.js";
import type { Alterations, Stop } from "./alterations.js";
import { asRead } from "./altered-blocks.js";
import type { Ends } from "./altered-ports.js";
import { meansAddress } from "./altered-selectors.js";
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
import { isOpen, isOpened, rulesOf } from "./rules-of.js";

/** The deviations that say how policies were carried out from v1.0.31 to v1.1.4, each for the releases that it names. */
export const insertions = ["npm-stacks-merged-rules", "npm-stacks-rules-of-2020"] as const;

/**
 * How policies were carried out from v1.0.31 to v1.1.4: what names ports is looked at before what does not, the newest first; exceptions are
 * DROPs among the latter, and behind all stand the jumps to the DROPs, the oldest first. `merging`: policies of one selector are one, and a
 * line that is there is not written again (before v1.1.1).
 */
export function insertedTraffic(
  cluster: Cluster,
  ends: Ends,
  altered: Alterations,
  stops: readonly Stop[],
  merging: boolean,
): Traffic {
  let lines = known.get(altered);
  if (!lines) known.set(altered, (lines = linesOf(cluster, altered, stops, merging)));
  return lines.traffic(["Ingress-PORT", "Egress-PORT", "TARGET-SETS"], ends, allTraffic);
}

const known = new WeakMap<Alterations, Lines>();

function linesOf({ policies }: Cluster, altered: Alterations, stops: readonly Stop[], merging: boolean): Lines {
  const lines = new Lines("first", !merging);
  const translate = (policy: Written): readonly Line[] => policyLines(policy, altered);
  const fails = (line: Line): boolean => line.fails === true;
  writePolicies(policies, lines, { translate, fails, altered, stops, merging });
  return lines;
}

function policyLines(policy: Written, altered: Alterations): readonly Line[] {
  const closed = bothTypes.filter((type) => policy.isolates.includes(type) && !isOpened(policy, type));
  return [
    ...policy.policyTypes.flatMap((type) => new Direction(policy, type, altered).lines()),
    ...closed.map((type): Line => new Direction(policy, type, altered).drop()),
  ];
}

class Direction {
  private readonly blocks: Line[] = [];
  private readonly others: Line[] = [];
  private readonly subject: string;
  private readonly portChain: string;
  private readonly peerChain: string;

  constructor(
    private readonly policy: NetworkPolicy,
    private readonly type: PolicyType,
    private readonly altered: Alterations,
  ) {
    const wide = altered.on("npm-selectors-cross-namespaces", policy.podSelector);
    this.subject = `${wide ? "" : policy.namespace} ${subjectText(policy, type)}`;
    this.portChain = `${type}-PORT`;
    this.peerChain = `${type}-PEERS`;
  }

  drop(): Line {
    return this.line("TARGET-SETS", "", "DROP", () => allTraffic);
  }

  lines(): readonly Line[] {
    const rules = rulesOf(this.policy, this.type);
    for (const rule of rules) this.rule(rule);
    return [...this.blocks, ...this.others, ...this.jumps(rules)];
  }

  private rule(rule: PolicyRule): void {
    if (rule.peers.length === 0) this.accept(this.others, rule, "", () => allTraffic);
    for (const peer of rule.peers) {
      if (peer.kind === "pods") {
        if (this.altered.on("npm-skips-both-selectors", peer)) continue;
        const means = (ends: Ends): Traffic =>
          meansAddress(peer, this.policy, otherEnd(ends, this.type), this.altered) ? allTraffic : noTraffic;
        this.accept(this.others, rule, peerText(peer, this.policy), means);
        continue;
      }
      const { cidr, except } = asRead(peer, this.altered);
      // The DROPs of exceptions come behind what names ports.
      const ineffective = rule.ports.length > 0 && !this.altered.on("npm-exception-beside-ports", peer);
      const means = blockTakes({ cidr, except: ineffective ? except : [] }, this.type);
      this.accept(this.blocks, rule, cidr, means, blockFails(cidr));
      for (const each of except) {
        const takes = blockTakes({ cidr: each, except: [] }, this.type);
        this.blocks.push(this.line(this.peerChain, each, "DROP", takes, blockFails(each)));
      }
    }
  }

  /** A line for each port, or one for all. */
  private accept(lines: Line[], rule: PolicyRule, text: string, takes: Line["takes"], failing = false): void {
    const chain = rule.peers.length === 0 || rule.ports.length > 0 ? this.portChain : this.peerChain;
    if (rule.ports.length === 0) lines.push(this.line(chain, text, "ACCEPT", takes, failing));
    for (const port of rule.ports) {
      const both = (ends: Ends): Traffic => intersectTraffic(takes(ends), portTakes(port, this.altered)(ends));
      const unknown = this.altered.on("npm-named-port-by-service", port) && portFails(port);
      lines.push(this.line(chain, `${text} ${portText(port)}`, "ACCEPT", both, failing || unknown));
    }
  }

  /** To the lines that name no ports, and to the DROPs. An exception is a reason to look at the former. */
  private jumps(rules: readonly PolicyRule[]): readonly Line[] {
    const toPeers = rules.some(({ peers, ports }) =>
      peers.some((peer) =>
        peer.kind === "ipBlock"
          ? ports.length === 0 || peer.except.length > 0
          : ports.length === 0 && !this.altered.on("npm-skips-both-selectors", peer),
      ),
    );
    const jump = (from: string, to: string): Line => ({
      ...this.line(from, `jump to ${to}`, { chain: to }, () => allTraffic),
      place: "last",
    });
    if (toPeers) return [jump(this.portChain, this.peerChain), jump(this.peerChain, "TARGET-SETS")];
    // A rule {} counts as one with ports in egress alone.
    const toDrops = rules.some((rule) => rule.ports.length > 0 || (this.type === "Egress" && isOpen(rule)));
    return toDrops ? [jump(this.portChain, "TARGET-SETS")] : [];
  }

  private line(chain: string, text: string, to: Line["to"], takes: Line["takes"], fails = false): Line {
    const { policy, type, altered } = this;
    const target = typeof to === "string" ? to : to.chain;
    return {
      chain,
      text: `${text} ${target} ${this.subject}`,
      field: "",
      to,
      takes: forSubject(policy, type, altered, takes),
      fails,
    };
  }
}
