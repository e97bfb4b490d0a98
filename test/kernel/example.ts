import type { Ownership } from "../../compiler/netfilter/ownership.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import type { Tables } from "../../compiler/netfilter/tables.js";

/** A small program that owns chains FW* and sets fw-*. */
export const ownership: Ownership = {
  title: "the example's firewall",
  tables: ["filter"],
  chainPrefix: "FW",
  setPrefix: "fw-",
  temporarySetPrefixes: ["fwtmp-", "fwtm2-", "fwtm3-"],
  flavourHints: ["HINT-CHAIN"],
  hooks: [
    {
      table: "filter",
      chain: "FORWARD",
      place: { after: "KUBE-SERVICES" },
      rule: {
        matches: [{ kind: "connection-state", states: ["NEW"], negated: false }],
        target: { kind: "jump", to: "FW" },
      },
    },
  ],
};

/** Tables from the texts of the two dumps. */
export function tablesOf(iptablesSave: string, ipsetSave = ""): Tables {
  const rules = parseIptablesSave(iptablesSave);
  const sets = parseIpsetSave(ipsetSave);
  const problems = [...rules.problems, ...sets.problems];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { chains: rules.chains, sets: sets.sets };
}

/** Front ends may talk to back ends on port 80, blocks of addresses are shut out. */
export const firstState = tablesOf(
  `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FW - [0:0]
:FW-ACCEPT - [0:0]
:FW-BACK - [0:0]
-A FORWARD -m conntrack --ctstate NEW -j FW
-A FW -m set --match-set fw-backends dst -m comment --comment "back \\"end\\" --match-set fw-backends" -j FW-BACK
-A FW -m set --match-set fw-outside src -m comment --comment "$(touch /tmp/x) \\\\\\" 'it' ;" -j DROP
-A FW-ACCEPT -m comment --comment plain_word-1 -j MARK --set-xmark 0x200/0x200
-A FW-ACCEPT -j ACCEPT
-A FW-BACK -p tcp -m tcp --dport 80 -m set --match-set fw-allpods src -j FW-ACCEPT
-A FW-BACK -p udp -m set ! --match-set fw-frontends src -m set --match-set fw-dns dst,dst -j FW-ACCEPT
-A FW-BACK -p tcp -m tcp --dport 8000:9000 -m mark ! --mark 0x400/0x400 -j DROP
COMMIT
`,
  `create fw-dns hash:ip,port family inet hashsize 1024 maxelem 65536
add fw-dns 10.0.0.9,udp:53
create fw-backends hash:net family inet hashsize 1024 maxelem 65536
add fw-backends 10.0.0.1
add fw-backends 10.0.0.2
create fw-frontends hash:net family inet hashsize 1024 maxelem 65536
add fw-frontends 10.0.1.1
create fw-outside hash:net family inet hashsize 1024 maxelem 4294967295
add fw-outside 192.168.0.0/16
add fw-outside 192.168.7.0/24 nomatch
create fw-allpods list:set size 8
add fw-allpods fw-backends
add fw-allpods fw-frontends
`,
);

/** The same after a change of rules and of sets in use: members, a list, a set that goes, one that changes its kind, a new one. */
export const secondState = tablesOf(
  `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FW - [0:0]
:FW-ACCEPT - [0:0]
:FW-FRONT - [0:0]
-A FORWARD -m conntrack --ctstate NEW -j FW
-A FW -m set --match-set fw-backends dst -m comment --comment "back \\"end\\" --match-set fw-backends" -j FW-FRONT
-A FW-ACCEPT -j ACCEPT
-A FW-FRONT -m set --match-set fw-allpods src -j FW-ACCEPT
-A FW-FRONT -m set --match-set fw-dns dst -j FW-ACCEPT
COMMIT
`,
  `create fw-backends hash:net family inet hashsize 1024 maxelem 65536
add fw-backends 10.0.0.2
add fw-backends 10.0.0.3
create fw-dns hash:net family inet hashsize 1024 maxelem 65536
add fw-dns 10.0.0.9
create fw-frontends hash:net family inet hashsize 1024 maxelem 65536
add fw-frontends 10.0.1.1
create fw-new hash:net family inet hashsize 1024 maxelem 65536
add fw-new 10.0.4.1
create fw-allpods list:set size 8
add fw-allpods fw-dns
add fw-allpods fw-frontends
add fw-allpods fw-new
`,
);

/** Rules that kube-proxy leaves on a node. */
export const kubeProxy = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-SERVICES - [0:0]
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A FORWARD -i docker0 -o eth0 -m comment --comment "he said \\"-j FW\\"" -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-SERVICES -d 10.0.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns has no endpoints" -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable
COMMIT
`;
