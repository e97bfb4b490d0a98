import { diagnostic, type Diagnostic, type Where } from "../../text/diagnostic.js";
import { suggest } from "../../text/suggest.js";
import { isAddress } from "../../model/cidr.js";
import type { FelixConfiguration } from "../../model/calico/objects.js";
import type { Generation } from "./generation.js";
import type { FailsafePort } from "../specification.js";
import { allocateMarks } from "./marks.js";
import { isTakenByLegacy } from "./felix/fragments.js";
import { logLimit, type FelixSettings } from "./settings.js";
import {
  addressOrNone,
  bitmask,
  blocks,
  choice,
  count,
  detected,
  dscp,
  failsafe,
  features,
  interfaceList,
  interfaceName,
  port,
  portOrNone,
  portRange,
  text,
  portRanges,
  truth,
  type Read,
  type Reading,
} from "./setting-values.js";

const markMask = 0xffff0000;

/** What AKS sets, and Felix's defaults. Source: Calico 87c15906f, felix/config/config_params.go; AKS's calico-node. */
function defaults({ statics, marksDenied, nat }: Generation): FelixSettings {
  const tcp = (port: number): FailsafePort => ({ protocol: "tcp", port });
  const udp = (port: number): FailsafePort => ({ protocol: "udp", port });
  const shared = [179, 2379, 2380, ...(statics.failsafeTypha ? [5473, 6443] : []), 6666, 6667].map(tcp);
  return {
    defaultEndpointToHostAction: "ACCEPT",
    filterAllowAction: "ACCEPT",
    mangleAllowAction: "ACCEPT",
    appendsHooks: false,
    disableConntrackInvalidCheck: false,
    failsafeInbound: [tcp(22), udp(68), ...shared],
    failsafeOutbound: [udp(53), udp(67), ...shared],
    allowVxlanFromWorkloads: false,
    allowIpipFromWorkloads: false,
    logPrefix: "calico-packet",
    sourceSpoofing: false,
    serviceLoops: statics.cidrBlock ? "DROP" : "DISABLED",
    logRate: "",
    logBurst: 5,
    flowLogsToServer: false,
    flowLogsOnNode: false,
    features: detected,
    markMask,
    marks: allocateMarks(markMask, marksDenied, false)!,
    excludedInterfaces: [/^kube-ipvs0$/],
    nodePorts: [{ first: 30000, last: 32767 }],
    maxSetSize: 1048576,
    vxlanPort: 4789,
    wireguard: false,
    wireguardV6: false,
    wireguardPort: 51820,
    wireguardPortV6: 51821,
    wireguardInterface: "wireguard.cali",
    wireguardInterfaceV6: "wg-v6.cali",
    wireguardHosts: false,
    externalNodes: [],
    natInterface: "",
    natExcludesHosts: false,
    istioAmbientMode: false,
    istioDscpMark: 23,
    floatingIps: !nat.floatingSetting,
    openstackCluster: false,
    metadataAddress: "127.0.0.1",
    metadataPort: 8775,
    ipv6: false,
  };
}

/** One setting. */
interface Setting {
  readonly read: Read;
  /** Absent: every release knows it. A release passes over settings that came after it. */
  readonly isKnown?: (generation: Generation) => boolean;
  /** Values whose rules nobody has proved. */
  readonly isOpen?: (value: string, generation: Generation) => boolean;
}

const withVxlan = ({ tunnels }: Generation): boolean => tunnels.vxlan !== undefined;
const withWireguard = ({ tunnels }: Generation): boolean => tunnels.wireguard !== undefined;
const withNat = ({ nat }: Generation): boolean => nat.settings;
const withLimits = ({ knows }: Generation): boolean => knows.logDetails !== "no";
const withFlowLogs = ({ knows }: Generation): boolean => knows.flowLogs;

/** Source: Calico's issue 7914, which is open since v3.26. */
const rejects = "the rule of table raw against forged sources would reject, which iptables takes in table filter alone";

/** Settings that show in tables, as Felix's documentation spells them. Source: Calico 87c15906f, felix/config/config_params.go. */
const settings: Readonly<Record<string, Setting>> = {
  DefaultEndpointToHostAction: {
    read: choice(["ACCEPT", "DROP", "RETURN"], (found) => ({ defaultEndpointToHostAction: found })),
  },
  IptablesFilterAllowAction: { read: choice(["ACCEPT", "RETURN"], (found) => ({ filterAllowAction: found })) },
  IptablesMangleAllowAction: { read: choice(["ACCEPT", "RETURN"], (found) => ({ mangleAllowAction: found })) },
  IptablesFilterDenyAction: {
    read: choice(["DROP", "REJECT"], (found): Reading => (found === "DROP" ? {} : { stops: rejects })),
    isKnown: ({ knows }) => knows.denyAction,
  },
  ChainInsertMode: { read: choice(["INSERT", "APPEND"], (found) => ({ appendsHooks: found === "APPEND" })) },
  DisableConntrackInvalidCheck: { read: truth((found) => ({ disableConntrackInvalidCheck: found })) },
  AllowVXLANPacketsFromWorkloads: { read: truth((found) => ({ allowVxlanFromWorkloads: found })) },
  AllowIPIPPacketsFromWorkloads: { read: truth((found) => ({ allowIpipFromWorkloads: found })) },
  FailsafeInboundHostPorts: { read: failsafe((found) => ({ failsafeInbound: found })) },
  FailsafeOutboundHostPorts: { read: failsafe((found) => ({ failsafeOutbound: found })) },
  ServiceLoopPrevention: {
    read: choice(["DROP", "REJECT", "DISABLED"], (found) => ({ serviceLoops: found })),
    isKnown: ({ statics }) => statics.cidrBlock,
  },
  WorkloadSourceSpoofing: {
    read: choice(["DISABLED", "ANY"], (found) => ({ sourceSpoofing: found === "ANY" })),
    isKnown: ({ statics }) => statics.reversePathSkip !== undefined,
  },
  IptablesMarkMask: {
    read: bitmask(
      ({ marksDenied }) => (marksDenied ? 6 : 5),
      (found) => ({ markMask: found }),
    ),
  },
  InterfaceExclude: { read: interfaceList((found) => ({ excludedInterfaces: found })) },
  KubeNodePortRanges: { read: portRanges((found) => ({ nodePorts: found })) },
  MaxIpsetSize: { read: count(1, (found) => ({ maxSetSize: found })) },
  LogPrefix: {
    read: text(/^[\w %:/-]+$/, "letters, digits, spaces, %, :, /, - and _", (found) => ({
      logPrefix: found || "calico-packet",
    })),
    isOpen: (value, { knows }) => knows.logDetails === "limits" && /%[tknp]/.test(value),
  },
  LogActionRateLimit: {
    read: text(
      /^[1-9]\d{0,3}\/(second|minute|hour|day)$/,
      "1 to 9999 packets a time: 10/second, 5/minute, 100/hour",
      (found) => ({
        logRate: found,
      }),
    ),
    isKnown: withLimits,
  },
  LogActionRateLimitBurst: { read: count(0, (found) => ({ logBurst: found }), 9999), isKnown: withLimits },
  FlowLogsGoldmaneServer: {
    read: text(/[^]/, "an address", (found) => ({ flowLogsToServer: found !== "" })),
    isKnown: withFlowLogs,
  },
  FlowLogsLocalReporter: {
    read: choice(["ENABLED", "DISABLED"], (found) => ({ flowLogsOnNode: found === "ENABLED" })),
    isKnown: withFlowLogs,
  },
  LogConnectionTransitions: { read: () => ({}), isKnown: () => false },
  FeatureDetectOverride: { read: features, isKnown: ({ knows }) => knows.featureOverrides },
  IpInIpEnabled: { read: truth((found) => ({ ipip: found })) },
  VXLANEnabled: { read: truth((found) => ({ vxlan: found })), isKnown: withVxlan },
  VXLANPort: { read: port((found) => ({ vxlanPort: found })), isKnown: withVxlan },
  WireguardEnabled: { read: truth((found) => ({ wireguard: found })), isKnown: withWireguard },
  WireguardEnabledV6: { read: truth((found) => ({ wireguardV6: found })), isKnown: withWireguard },
  WireguardListeningPort: { read: port((found) => ({ wireguardPort: found })), isKnown: withWireguard },
  WireguardListeningPortV6: { read: port((found) => ({ wireguardPortV6: found })), isKnown: withWireguard },
  WireguardInterfaceName: { read: interfaceName((found) => ({ wireguardInterface: found })), isKnown: withWireguard },
  WireguardInterfaceNameV6: {
    read: interfaceName((found) => ({ wireguardInterfaceV6: found })),
    isKnown: withWireguard,
  },
  WireguardHostEncryptionEnabled: { read: truth((found) => ({ wireguardHosts: found })), isKnown: withWireguard },
  ExternalNodesCIDRList: { read: blocks((found) => ({ externalNodes: found })) },
  NATPortRange: { read: portRange((found) => ({ natPorts: found })) },
  NATOutgoingAddress: {
    read: (value) =>
      isAddress(value) && !value.includes(":") ? { natAddress: value } : { wanted: "an address of IPv4" },
    isKnown: withNat,
  },
  NATOutgoingExclusions: {
    read: choice(["IPPOOLSONLY", "IPPOOLSANDHOSTIPS"], (found) => ({ natExcludesHosts: found !== "IPPOOLSONLY" })),
    isKnown: ({ nat }) => nat.exclusions,
  },
  IptablesNATOutgoingInterfaceFilter: { read: interfaceName((found) => ({ natInterface: found })), isKnown: withNat },
  IstioAmbientMode: {
    read: choice(["ENABLED", "DISABLED"], (found) => ({ istioAmbientMode: found === "ENABLED" })),
    isKnown: ({ statics }) => statics.istio,
  },
  IstioDSCPMark: { read: dscp((found) => ({ istioDscpMark: found })), isKnown: ({ statics }) => statics.istio },
  FloatingIPs: {
    read: choice(["ENABLED", "DISABLED"], (found) => ({ floatingIps: found === "ENABLED" })),
    isKnown: ({ nat }) => nat.floatingSetting,
  },
  ClusterType: { read: (value) => ({ openstackCluster: /openstack/i.test(value) }) },
  MetadataAddr: { read: addressOrNone((found) => ({ metadataAddress: found })) },
  MetadataPort: { read: portOrNone((found) => ({ metadataPort: found })) },
  Ipv6Support: { read: truth((found) => ({ ipv6: found })) },
};

/** By name in lower case: Felix takes names in any case. */
const byKey = new Map(Object.entries(settings).map(([name, setting]) => [name.toLowerCase(), setting]));

/** Fields of FelixConfiguration that Felix's own name differs from. Source: Calico 87c15906f, api/pkg/apis/projectcalico/v3/felixconfig.go. */
const fieldNames = new Map([
  ["ipipenabled", "ipinipenabled"],
  ["externalnodeslist", "externalnodescidrlist"],
]);

function keyOf(name: string): string {
  const key = name.toLowerCase();
  return fieldNames.get(key) ?? key;
}

/** Settings by name in lower case: what the environment of calico-node says on AKS, which outranks every FelixConfiguration. */
const ofAks = new Map([
  ["defaultendpointtohostaction", "ACCEPT"],
  ["interfaceprefix", "azv"],
  ["ipv6support", "false"],
]);

/** Settings that change rules in ways that nothing here compiles, by what they must be so that they do not. */
const notBuilt = new Map([
  ["bpfenabled", /^false$/i],
  ["useinternaldataplanedriver", /^true$/i],
  ["nftablesmode", /^(disabled|auto)$/i],
  ["flowlogssamplingrate", /^1$/],
]);

/** Settings, and what is wrong with how they are written. */
interface Found {
  readonly felix: FelixSettings;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The settings of FelixConfigurations over the defaults: those of every node, then those of one, and the command line's over
 * all. Names in any case; what does not show in rules is passed over.
 */
export function withConfigurations(
  written: readonly FelixConfiguration[],
  ofCommandLine: readonly string[],
  generation: Generation,
): Found {
  const diagnostics: Diagnostic[] = [];
  let felix = defaults(generation);
  for (const configuration of written) {
    for (const { name, value, offset } of configuration.settings) {
      const key = keyOf(name);
      const where = {
        location: { source: configuration.source, offset },
        object: configuration.name,
        field: `spec.${name}`,
      };
      const fixed = ofAks.get(key);
      const setting = byKey.get(key);
      if (fixed !== undefined) {
        if (fixed.toLowerCase() !== value.toLowerCase())
          diagnostics.push(diagnostic("felix-setting-fixed", { name, value: fixed }, where));
      } else if (notBuilt.has(key)) {
        if (!notBuilt.get(key)!.test(value)) diagnostics.push(diagnostic("felix-setting-not-built", { name }, where));
      } else if (setting) {
        const { found, problem } = readSetting(setting, name, value, generation, where);
        if (problem) diagnostics.push(problem);
        felix = { ...felix, ...found };
      }
    }
  }
  felix = optionsOver(felix, ofCommandLine, generation).felix;
  return withMarks(felix, generation, diagnostics);
}

/** The settings of the command line over the defaults: `NAME=VALUE`, names in any case. */
export function felixSettings(written: readonly string[], generation: Generation): Found {
  const { felix, diagnostics } = optionsOver(defaults(generation), written, generation);
  return withMarks(felix, generation, diagnostics);
}

function optionsOver(others: FelixSettings, written: readonly string[], generation: Generation): Found {
  const diagnostics: Diagnostic[] = [];
  let felix = others;
  for (const text of written) {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const key = keyOf(name);
    const setting = byKey.get(key);
    if (!setting || equals < 0) {
      const near = suggest(name, Object.keys(settings));
      const fix = setting
        ? `write ${name}=VALUE`
        : near
          ? `write ${near}=VALUE`
          : `settings that show in rules: ${Object.keys(settings).join(", ")}`;
      diagnostics.push(diagnostic("felix-setting-unknown", { text, fix }));
      continue;
    }
    const value = text.slice(equals + 1);
    const { found, problem } = readSetting(setting, name, value, generation);
    if (problem) diagnostics.push(problem);
    felix = { ...felix, ...found };
  }
  return { felix, diagnostics };
}

function withMarks(felix: FelixSettings, { marksDenied }: Generation, others: readonly Diagnostic[]): Found {
  const limit = logLimit(felix);
  const diagnostics =
    limit && !isTakenByLegacy(limit) ? [...others, diagnostic("felix-log-limit-refused", limit)] : others;
  const marks = allocateMarks(felix.markMask, marksDenied, felix.wireguard || felix.wireguardV6);
  if (marks) return { felix: { ...felix, marks }, diagnostics };
  const mask = `0x${felix.markMask.toString(16)}`;
  return { felix, diagnostics: [...diagnostics, diagnostic("felix-marks-too-few", { mask })] };
}

/** What a value makes of the settings: nothing where it is none, or where the release does not know the setting. */
function readSetting(
  { read, isKnown, isOpen }: Setting,
  name: string,
  value: string,
  generation: Generation,
  where?: Where,
): { readonly found?: Partial<FelixSettings>; readonly problem?: Diagnostic } {
  const found = read(value, generation);
  if ("wanted" in found)
    return { problem: diagnostic("felix-setting-invalid", { name, value, wanted: found.wanted }, where) };
  const { release } = generation;
  if (isKnown && !isKnown(generation)) {
    const effect = "it is passed over";
    return { problem: diagnostic("calico-unknown-feature", { release, what: name, effect }, where) };
  }
  if ("stops" in found)
    return { problem: diagnostic("felix-setting-stops", { name, value, release, why: found.stops }, where) };
  if (isOpen?.(value, generation)) return { problem: diagnostic("felix-setting-not-built", { name }, where) };
  return { found };
}
