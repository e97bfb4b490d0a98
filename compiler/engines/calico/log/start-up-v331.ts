import { lowestBit } from "../marks.js";
import { goHex, goPointer, goString, goStrings } from "./go-text.js";
import {
  allowedWords,
  failsafePorts,
  listeners,
  toHostWords,
  unwrapped,
  type StartUp,
  type StartUpFacts,
} from "./start-up.js";

/** How Felix starts on a node with iptables-legacy 1.8.9. Source: a log of felix b5f3dd409 (v3.3.1). */
export function startUpV331({ node, prefixes, felix }: StartUpFacts): StartUp {
  const { marks } = felix;
  // Of the bits that tell endpoints apart, the one of what is none of Calico's.
  const nobody = goHex(lowestBit(marks.endpoint));
  const rules = unwrapped(`rules.Config{IPSetConfigV4:(*ipsets.IPVersionConfig)(${goPointer}),
IPSetConfigV6:(*ipsets.IPVersionConfig)(${goPointer}), WorkloadIfacePrefixes:${goStrings(prefixes)},
IptablesMarkAccept:${goHex(marks.accept)}, IptablesMarkPass:${goHex(marks.pass)},
IptablesMarkScratch0:${goHex(marks.allBlocks)}, IptablesMarkScratch1:${goHex(marks.thisBlock)},
IptablesMarkEndpoint:${goHex(marks.endpoint)}, IptablesMarkNonCaliEndpoint:${nobody},
KubeNodePortRanges:[]numorstring.Port{numorstring.Port{MinPort:0x7530, MaxPort:0x7fff, PortName:""}},
KubeIPVSSupportEnabled:false, OpenStackMetadataIP:net.IP{0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0xff,
0xff, 0x7f, 0x0, 0x0, 0x1}, OpenStackMetadataPort:0x2247, OpenStackSpecialCasesEnabled:false, IPIPEnabled:false,
IPIPTunnelAddress:net.IP(nil), IptablesLogPrefix:${goString(felix.logPrefix)},
EndpointToHostAction:"${felix.defaultEndpointToHostAction}",
IptablesFilterAllowAction:"${felix.filterAllowAction}", IptablesMangleAllowAction:"${felix.mangleAllowAction}",
FailsafeInboundHostPorts:${failsafePorts(felix.failsafeInbound, "config")},
FailsafeOutboundHostPorts:${failsafePorts(felix.failsafeOutbound, "config")},
DisableConntrackInvalid:${felix.disableConntrackInvalidCheck}, NATPortRange:numorstring.Port{MinPort:0x0,
MaxPort:0x0, PortName:""}}`);

  return {
    script: [
      { step: "configuration" },
      "driver.go 43: Using internal (linux) dataplane driver.",
      `driver.go 85: Calculated iptables mark bits acceptMark=${goHex(marks.accept)} endpointMark=${goHex(marks.endpoint)} endpointMarkNonCali=${nobody} passMark=${goHex(marks.pass)} scratch0Mark=${goHex(marks.allBlocks)} scratch1Mark=${goHex(marks.thisBlock)}`,
      unwrapped(`int_dataplane.go 212: Creating internal dataplane driver. config=intdataplane.Config{IPv6Enabled:false,
RuleRendererOverride:rules.RuleRenderer(nil), IPIPMTU:1440, IgnoreLooseRPF:false, MaxIPSetSize:${felix.maxSetSize},
IPSetsRefreshInterval:10000000000, RouteRefreshInterval:90000000000, IptablesRefreshInterval:90000000000,
IptablesPostWriteCheckInterval:1000000000, IptablesInsertMode:"${felix.appendsHooks ? "append" : "insert"}",
IptablesLockFilePath:"/run/xtables.lock", IptablesLockTimeout:0, IptablesLockProbeInterval:50000000,
NetlinkTimeout:10000000000, RulesConfig:${rules},
IfaceMonitorConfig:ifacemonitor.Config{InterfaceExcludes:[]string{"kube-ipvs0"}},
StatusReportingInterval:30000000000, ConfigChangedRestartCallback:(func())(${goPointer}),
PostInSyncCallback:(func())(${goPointer}), HealthAggregator:(*health.HealthAggregator)(${goPointer}),
DebugSimulateDataplaneHangAfter:0, ExternalNodesCidrs:[]string(nil)}`),
      `rule_defs.go 283: Creating rule renderer. config=${rules}`,
      `rule_defs.go 293: Workload to host packets will be ${toHostWords(felix)}.`,
      `rule_defs.go 307: filter table allowed packets will be ${allowedWords(felix.filterAllowAction, "FORWARD")}.`,
      `rule_defs.go 315: mangle table allowed packets will be ${allowedWords(felix.mangleAllowAction, "PREROUTING")}.`,
      "feature_detect.go 108: Updating detected iptables features features=iptables.Features{SNATFullyRandom:true, MASQFullyRandom:true, RestoreSupportsLock:true} iptablesVersion=1.8.9 kernelVersion=6.18.44",
      `route_table.go 133: Calculated interface name regexp regex=${goString(prefixes.map((prefix) => `^${prefix}.*`).join("|"))}`,
      { step: "pools" },
      "int_dataplane.go 424: Registering to report health.",
      { step: "chains" },
      "int_dataplane.go 569: IPIP disabled. Not starting tunnel update thread.",
      `calc_graph.go 96: Creating calculation graph, filtered to hostname ${node}`,
      ...listeners(`
      WorkloadEndpoint HostEndpoint WorkloadEndpoint HostEndpoint WorkloadEndpoint HostEndpoint Policy
      ProfileRules ProfileLabels ProfileTags ProfileTags ProfileLabels WorkloadEndpoint HostEndpoint
      NetworkSet Policy WorkloadEndpoint HostEndpoint HostIP IPPool GlobalConfig HostConfig ReadyFlag
      ProfileLabels`),
      "async_calc_graph.go 229: Starting AsyncCalcGraph",
      "int_dataplane.go 594: Started internal iptables dataplane driver loop",
      "int_dataplane.go 604: Will refresh IP sets on timer interval=1m30s",
      "int_dataplane.go 614: Will refresh routes on timer interval=1m30s",
      "int_dataplane.go 981: Started internal status report thread",
      "iface_monitor.go 88: Interface monitoring thread started.",
      "iface_monitor.go 95: Subscribed to netlink updates.",
      { step: "interfaces" },
      "async_calc_graph.go 134: AsyncCalcGraph running",
      { step: "calculated" },
      "config_batcher.go 102: Datamodel in sync, flushing config update",
      "config_batcher.go 112: Sending config update global: map[], host: map[].",
      "async_calc_graph.go 160: First time we've been in sync",
      "event_sequencer.go 210: Possible config update. global=map[string]string{} host=map[string]string{}",
      { step: "configuration again" },
      "async_calc_graph.go 209: First flush after becoming in sync, sending InSync message.",
      { step: "messages" },
    ],
    firstApply: [
      "masq_mgr.go 144: IPAM pools updated, refreshing iptables rule ipVersion=0x4",
      "route_table.go 199: Trying to connect to netlink",
    ],
    afterFirstApply: [],
  };
}
