import { selectorOf } from "../../model/calico/parse-selector.js";
import type { IpSet } from "../../netfilter/tables.js";
import { describeSelector } from "../../pairs/describe-selector.js";
import type { SetMeaning } from "../set-meaning.js";

/** What a set stands for, by its readable name: that of one that is always there, a service, a port by its name, or a selector. */
export function meaningOfSet({ readableName = "" }: IpSet): SetMeaning | undefined {
  const always = alwaysThere[readableName];
  if (always !== undefined) return { kind: "described", words: always };
  const [, service] = /^service (\S+)$/.exec(readableName) ?? [];
  if (service !== undefined) return { kind: "described", words: `endpoints of service ${service}` };
  const [, protocol, port, selector = readableName] = /^(tcp|udp|sctp) port (\S+) of (.*)$/s.exec(readableName) ?? [];
  const who = describeSelector(selectorOf(selector), "anything");
  if (port === undefined) return { kind: "described", words: who };
  return { kind: "described", words: `${who}: the address of each with the number of its ${protocol} port ${port}` };
}

/** Sets that are there whatever policies say; two of them changed their names. */
const alwaysThere: Readonly<Record<string, string>> = {
  "this-host": "addresses of this node",
  "all-ipam-pools": "addresses that Calico hands out to pods",
  "network-ip-pools": "addresses that Calico hands out to pods",
  "masq-ipam-pools": "addresses of pods that are translated when they leave the cluster",
  "all-hosts-net": "addresses of nodes, and of others that may send them encapsulated packets",
  "all-vxlan-net":
    "addresses of the other nodes that have an end of a VXLAN tunnel, and of others that may send through it",
  "dscp-src-net": "pods and host endpoints of this node whose packets are marked when they leave the cluster",
  "all-istio-weps": "pods in Istio's mesh, on every node",
};
