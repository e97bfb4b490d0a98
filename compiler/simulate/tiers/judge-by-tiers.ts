import { usualCircumstances } from "../circumstances.js";
import { versionOfText } from "../ip.js";
import type { DirectionJudgement, Judgement, Packet, Reason } from "../judgement.js";
import { intersectTraffic, noTraffic, trafficOf } from "../traffic.js";
import type { Question } from "./fate.js";
import type { Whereabouts } from "./node-map.js";
import type { TieredCluster } from "./tiered-cluster.js";
import { waysBetween } from "./way.js";

/** What the documentation of tiers says of a packet that its node handles. What is not said of it is as usual. */
export function judgeByTiers(cluster: TieredCluster, packet: Packet): Judgement {
  const { protocol, port } = packet;
  const usual = usualCircumstances[versionOfText(packet.source.address)];
  const known = { ...usual, ...packet.circumstances };
  const from = cluster.map.find(packet.source.address);
  const traffic = protocol === "other" ? trafficOf(protocol) : trafficOf(protocol, port, port);
  const direction = (of: "ingress" | "egress"): DirectionJudgement => {
    const said: { readonly reason: Reason; readonly verdict: "allow" | "deny" }[] = [];
    const question: Question = {
      source: cluster.placeOf(packet.source),
      destination: cluster.placeOf(packet.destination),
      known,
      note: (reason, verdict) => void said.push({ reason, verdict }),
    };
    const { way } = waysBetween(cluster, question).find(
      (each) => intersectTraffic(each.traffic, traffic) !== noTraffic,
    )!;
    const decided = way[of](traffic);
    const verdict = intersectTraffic(decided.denied, traffic) === noTraffic ? "allow" : "deny";
    const reasons = said.filter((each) => each.verdict === verdict).map(({ reason }) => reason);
    return { verdict, reasons: reasons.length > 0 ? reasons : [unjudged(of === "ingress" ? way.goal : from)] };
  };
  const ingress = direction("ingress");
  const egress = direction("egress");
  return { verdict: ingress.verdict === "allow" && egress.verdict === "allow" ? "allow" : "deny", ingress, egress };
}

function unjudged({ kind }: Whereabouts): Reason {
  switch (kind) {
    case "pod":
      return { kind: "by-default", text: "a node reaches its own pods" };
    case "node":
      return { kind: "by-default", text: "no host endpoint is there" };
    case "beyond":
      return { kind: "by-default", text: "it is not on the node that is shown" };
  }
}
