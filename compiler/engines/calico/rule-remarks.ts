import type { Rule } from "../../netfilter/tables.js";
import type { Marks } from "./marks.js";
import { metadataService } from "./rules/openstack.js";

/**
 * What a rule of Felix's own is for. Felix writes comments into some of them; what others are for follows from where they lead and what they
 * ask. Source: Calico 87c15906f, felix/rules/endpoints.go, static.go and dispatch.go; felix v3.3.1, the same files.
 */
export function remarkOn({ matches, target }: Rule, marks: Marks): string | undefined {
  const comments = matches.flatMap((match) => (match.kind === "comment" ? [match.text] : []));
  for (const text of comments) for (const [pattern, remark] of remarks) if (pattern.test(text)) return remark;
  const states = matches.flatMap((match) => (match.kind === "connection-state" ? match.states : []));
  if (states.includes("ESTABLISHED")) return "Packets of a connection that was allowed pass without being asked again";
  if (states.includes("INVALID")) return "Such a packet belongs to no connection, and opens none";
  if (target?.kind === "other" && target.words[1] === "NFLOG")
    return "Felix listens there for its flow logs: the prefix says what becomes of the packet, and which rule says so";
  const translation = remarkOnTranslation(matches, target);
  if (translation !== undefined) return translation;
  const to = target?.kind === "jump" || target?.kind === "goto" ? target.to : "";
  if (target?.kind === "other" && target.words[1] === "DSCP")
    return "The packet gets a mark for routers on its way, and goes on; no policy asks for it";
  const purpose = purposeOf(to);
  if (purpose !== undefined) return `That chain ${purpose}`;
  if (target?.kind === "set-mark" && target.value === 0 && (target.mask & marks.accept) !== 0)
    return "Nothing is decided yet: what stood in the mark is taken off";
  return undefined;
}

function remarkOnTranslation(matches: Rule["matches"], target: Rule["target"]): string | undefined {
  const name = target?.kind === "other" ? target.words[1] : undefined;
  const addresses = matches.flatMap((match) => (match.kind === "address" ? [match.network] : []));
  if (name === "DNAT" && addresses.length === 1 && addresses[0] !== `${metadataService.address}/32`)
    return "Chains behind this one, and policies of pods among them, see the address of the pod";
  if (name === "SNAT" && addresses.length === 2)
    return "A pod that calls its own floating address hears from that, for no machine answers what seems to come from itself";
  return undefined;
}

const remarks: readonly (readonly [RegExp, string])[] = [
  [/^Start of (policies|tier)/, "The policies of a tier begin here, in their order"],
  [/^Return if policy accepted/, "What one policy allows no later one can take back"],
  [
    /if no policies passed packet$/,
    "The tier ends: a policy of it selects the pod, and none allowed the packet or passed it on",
  ],
  [/^Return if profile accepted/, "A profile decides where no policy selects the pod"],
  [/if no profiles matched$/, "Neither a policy nor a profile has allowed the packet"],
  [/^Policy explicitly accepted packet/, "Policies on both sides are done with the packet, and it goes its way"],
  [/^Host endpoint policy accepted packet/, "A policy for the node itself has allowed the packet"],
  [/^Configured DefaultEndpointToHostAction/, "What pods may send to their node is a setting of Felix, not a policy"],
  [/encapped packets originating/, "Pods may not send tunnelled packets, for policies cannot see into them"],
  [/^Unknown interface/, "No pod that Calico knows on this node has such an interface"],
  [/^Return on verdict/, "A policy of the group has decided"],
  [
    /^(Allow forwarded traffic by default|Return for accepted forward traffic)/,
    "No policy is about what is forwarded here, so it is allowed",
  ],
  [
    /^Allow .*(IPIP|VXLAN|Wireguard) packets/,
    "Nodes send each other packets through this tunnel, which policies for the node itself do not decide about",
  ],
  [/(IPIP|VXLAN) packets from non-/, "Nobody but nodes may send packets through this tunnel"],
  [/^set dscp/, "What leaves the cluster may carry a mark for quality of service"],
  [
    /^(Clear|Mark packets within) (ingress|egress) packet rate limit/,
    "An annotation of the pod limits packets a second: those within the limit are marked",
  ],
  [
    /^Drop packets over (ingress|egress) packet rate limit/,
    "The packet comes faster than an annotation of the pod lets it, whatever policies say",
  ],
  [
    /^Reject connections over (ingress|egress) connection limit/,
    "An annotation of the pod limits how many connections may be open at one time, whatever policies say",
  ],
];

/** What a chain does, by the beginning of its name. */
export function purposeOf(chain: string): string | undefined {
  return purposes.find(([prefix]) => chain.startsWith(prefix))?.[1];
}

const profile = "is a profile, of a namespace or a service account: it decides where no policy selects the pod";
const group = "holds policies that stand side by side and have one selector";

const purposes: readonly (readonly [string, string])[] = [
  ["cali-pri-", profile],
  ["cali-pro-", profile],
  ["cali-pi-", "has the ingress rules of a policy"],
  ["cali-po-", "has the egress rules of a policy"],
  ["cali-gi-", group],
  ["cali-go-", group],
  ["cali-tw-", "decides what may go to a pod, the one behind the interface"],
  ["cali-fw-", "decides what a pod may send, the one behind the interface"],
  ["cali-th", "decides what may go out of an interface of the node"],
  ["cali-fh", "decides what may come in by an interface of the node"],
  ["cali-sm-", "marks the packet as coming in by the interface"],
  [
    "cali-set-endpoint-mark",
    "marks the packet by the interface that it came in by, for OUTPUT cannot ask that any more",
  ],
  ["cali-from-endpoint-mark", "finds by the mark whose egress policies the packet has to meet"],
  ["cali-forward-check", "finds what is for services, which IPVS forwards though it comes through INPUT"],
  ["cali-forward-endpoint-mark", "does with what IPVS forwards what FORWARD does with the rest"],
  ["cali-cidr-block", "stops what would go in circles: what is for a service and nothing has translated"],
  ["cali-rpf-skip", "lets pods send from other addresses, where their annotations ask for it"],
  ["cali-failsafe", "has ports that stay open whatever policies say, so that nobody is locked out of the node"],
  ["cali-from-wl-dispatch", "finds the pod that sends, by its interface"],
  ["cali-to-wl-dispatch", "finds the pod that receives, by its interface"],
  ["cali-from-hep-forward", "finds the host endpoint that a forwarded packet comes in by, if there is one"],
  ["cali-to-hep-forward", "finds the host endpoint that a forwarded packet goes out by, if there is one"],
  ["cali-from-host-endpoint", "finds the host endpoint that the packet comes in by, if there is one"],
  ["cali-to-host-endpoint", "finds the host endpoint that the packet goes out by, if there is one"],
  ["cali-wireguard-incoming-mark", "marks what comes in encrypted, so that the kernel takes it wherever it came from"],
  [
    "cali-egress-dscp",
    "marks what leaves the cluster, where an annotation of the pod or the host endpoint asks for it",
  ],
  ["cali-fip-dnat", "sends what is for a floating address on to the pod that has it"],
  ["cali-fip-snat", "lets pods call their own floating addresses"],
  ["cali-nat-outgoing", "translates what pods of pools with natOutgoing send out of all pools"],
  ["cali-wl-to-host", "has the policies of the pod decide, and then a setting of Felix"],
];
