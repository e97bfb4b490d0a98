import type { Quirk } from "../generation-info.js";

/** How Felix behaved in a span of releases, as far as it shows in tables. What a field means is said where it is read. */
export interface Generation {
  readonly id: string;
  /** The release that the id stands for: `v3.24.6`. */
  readonly release: string;
  /** A deny rule marks the packet before it is dropped. */
  readonly marksDenied: boolean;
  /** From manifests to policies. */
  readonly conversion: {
    /** One rule per port and peer, in written order; later, ports of a protocol share rules. */
    readonly rulePerPort: boolean;
    /** A NetworkPolicy with an SCTP port fails validation and is not there. */
    readonly refusesSctpPorts: boolean;
    readonly knowsEndPort: boolean;
    /** Namespaces carry their name as a label of its own. */
    readonly labelsNamespaceNames: boolean;
    /** Pods that are over keep their addresses. */
    readonly keepsFinishedPods: boolean;
    /**
     * Pods with annotations that nobody can read are left out; before, there were no pods at all then. Source: libcalico-go 0949ff4b6 and
     * 198b2533a (2021), lib/backend/k8s/resources/workloadendpoint.go and list_pager.go; for v3.3 and v3.8 concluded from the older of the two.
     */
    readonly leavesOutUnreadable: boolean;
    /** Ports of init containers have names, too. */
    readonly namesInitPorts: boolean;
  };
  /** What the name of a policy's chain is made of: `ns/knp.default.name`, the tier before it, or kind, namespace and name. */
  readonly policyId: "name" | "tier" | "kind";
  /** The comment of a chain's first rule; without one, an empty chain has no rule. */
  readonly chainComment: "none" | "policy" | "kind";
  /** RETURN rules at the end of a policy's chain are left out. */
  readonly trimsReturns: boolean;
  /** A rule whose negated networks are every address is left out, not rendered in vain. */
  readonly dropsImpossible: boolean;
  /** Endpoint chains: which bits are cleared first, and how tiers are commented. */
  readonly endpoints: {
    readonly clearsPass: boolean;
    readonly tierStart: "policies" | "none" | "tier";
    readonly namesTierEnd: boolean;
    /** The word for what sends encapsulated packets, whose packets are dropped; undefined: they are not. */
    readonly dropsEncapsulated?: "pods" | "workloads";
    /** Policies with one selector share a chain; the tier is part of its name. */
    readonly groups?: { readonly nameHasTier: boolean };
    /** Annotations of pods limit packets a second and connections; `bursts`: also how many packets may come at once. */
    readonly limits?: { readonly bursts: boolean };
    /** A forward chain without policies of its direction accepts, whatever the tier has for the other. */
    readonly acceptsForwardByDirection: boolean;
  };
  /** Tables hold what something leads to; otherwise every chain, and those of policies in filter, mangle and raw. */
  readonly countsReferences: boolean;
  /** What it adds for kube-proxy with IPVS is known. */
  readonly ipvs: boolean;
  readonly statics: {
    /** FORWARD's accepting rules stand at the end of the built-in chain, not of Calico's. */
    readonly appendsForwardAccept: boolean;
    /** INPUT looks at the accept mark first, else behind tunnels and workloads. */
    readonly acceptsFirst: boolean;
    readonly cidrBlock: boolean;
    /** Packets that were translated meet host endpoints in mangle POSTROUTING. */
    readonly hostPolicyAfterDnat: boolean;
    readonly reversePathFilter: boolean;
    /** Pods may be let send from other addresses: the rules for it are in the tables of both versions of IP, or in those of the address. */
    readonly reversePathSkip?: "both-versions" | "own-version";
    readonly mangleAcceptsWorkloads: boolean;
    readonly appendsNatPostrouting: boolean;
    /** Annotations of pods and host endpoints mark what leaves the cluster. */
    readonly dscp: boolean;
    /** What pods of Istio's mesh send each other can be marked. */
    readonly istio: boolean;
    /** Failsafe ports 5473 and 6443. */
    readonly failsafeTypha: boolean;
    /**
     * What the block of a failsafe port is. Where it is misread, one of the other version of IP leaves the port open to everybody, and
     * of answers that leave, before connection tracking, it is looked for at the source.
     */
    readonly failsafeBlocks: "unknown" | "misread" | "read";
    /** 127.0.0.0 counts as an address of the host. */
    readonly loopbackNetwork: boolean;
    readonly poolsSet: "all-ipam-pools" | "network-ip-pools";
  };
  /** Tunnels between nodes beside IPIP; undefined: it does not know them. */
  readonly tunnels: {
    readonly vxlan?: {
      /** How comments call the nodes that may use it. */
      readonly hosts: "whitelisted" | "allowed";
      /** Comments name the version of IP, and there is VXLAN for IPv6. */
      readonly namesVersion: boolean;
      /** Connection tracking looks at its packets. */
      readonly tracked: boolean;
    };
    readonly wireguard?: {
      /** Its packets pass, whatever policies of host endpoints say. */
      readonly accepts: boolean;
      /** Comments name the version of IP, and IPv6 has a port of its own. */
      readonly namesVersion: boolean;
    };
  };
  /** Of natOutgoing. */
  readonly nat: {
    /** The address and the interface can be set, not ports alone. */
    readonly settings: boolean;
    /** It may leave out what goes to nodes. */
    readonly exclusions: boolean;
    /** Pools for load balancers alone are no addresses of pods. */
    readonly poolsByUse: boolean;
    /** Floating addresses of pods are there when a setting says so; before, always. */
    readonly floatingSetting: boolean;
    /** They lead to the pod's address of their own version; before pods had several, to its first. When that changed is not known to the release. */
    readonly floatingByVersion: boolean;
  };
  /** What it knows of Calico's own objects. */
  readonly knows: Known;
  readonly quirks: readonly Quirk[];
}

/** What came after v3.3. */
export interface Known {
  /** Policies may be in tiers, and tiers of one's own exist. */
  readonly tiers: boolean;
  readonly staged: boolean;
  /** NetworkSet, and HostEndpoint with `*`. */
  readonly networkSets: boolean;
  readonly wildcardHostEndpoints: boolean;
  /** namespaceSelector and serviceAccountSelector of policies. */
  readonly policySelectors: boolean;
  /** `contains`, `starts with` and `ends with`; `global()`. */
  readonly textOperators: boolean;
  readonly globalSelector: boolean;
  readonly services: boolean;
  /** Interfaces may be excluded by expressions. */
  readonly interfacePatterns: boolean;
  /** What policies deny can be rejected. */
  readonly denyAction: boolean;
  readonly sctpPorts: boolean;
  readonly annotations: boolean;
  readonly performanceHints: boolean;
  /** FeatureDetectOverride. */
  readonly featureOverrides: boolean;
  readonly flowLogs: boolean;
  /** Limits of LOG rules, and words for a policy in their prefix; "names" where what these words stand for is proved. */
  readonly logDetails: "no" | "limits" | "names";
}
