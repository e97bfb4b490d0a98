import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { suggest } from "../../text/suggest.js";
import { isAddress, maskedCidr, parseCidr } from "../../model/cidr.js";
import type { FelixConfiguration } from "../../model/calico/objects.js";
import type { Ports } from "./felix/fragments.js";
import type { Generation } from "./generation.js";
import type { FailsafePort } from "../specification.js";
import type { FelixSettings } from "./settings.js";

/** What AKS sets, and Felix's defaults. Source: Calico 87c15906f, felix/config/config_params.go; AKS's calico-node. */
function defaults({ statics }: Generation): FelixSettings {
  const tcp = (port: number): FailsafePort => ({ protocol: "tcp", port });
  const udp = (port: number): FailsafePort => ({ protocol: "udp", port });
  const shared = [179, 2379, 2380, ...(statics.failsafeTypha ? [5473, 6443] : []), 6666, 6667].map(tcp);
  return {
    defaultEndpointToHostAction: "ACCEPT",
    filterAllowAction: "ACCEPT",
    mangleAllowAction: "ACCEPT",
    filterDenyAction: "DROP",
    appendsHooks: false,
    disableConntrackInvalidCheck: false,
    failsafeInbound: [tcp(22), udp(68), ...shared],
    failsafeOutbound: [udp(53), udp(67), ...shared],
    allowVxlanFromWorkloads: false,
    allowIpipFromWorkloads: false,
    logPrefix: "calico-packet",
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
    ipv6: false,
  };
}

/** One setting, by its name in lower case: reads a value, or says what it may be. */
type Setting = (value: string) => Partial<FelixSettings> | { readonly wanted: string };

/** Settings that show in tables. */
const settings: Readonly<Record<string, Setting>> = {
  defaultendpointtohostaction: (value) =>
    choice(value, ["ACCEPT", "DROP", "RETURN"], (found) => ({ defaultEndpointToHostAction: found })),
  iptablesfilterallowaction: (value) => choice(value, ["ACCEPT", "RETURN"], (found) => ({ filterAllowAction: found })),
  iptablesmangleallowaction: (value) => choice(value, ["ACCEPT", "RETURN"], (found) => ({ mangleAllowAction: found })),
  chaininsertmode: (value) => choice(value, ["INSERT", "APPEND"], (found) => ({ appendsHooks: found === "APPEND" })),
  disableconntrackinvalidcheck: (value) => truth(value, (found) => ({ disableConntrackInvalidCheck: found })),
  allowvxlanpacketsfromworkloads: (value) => truth(value, (found) => ({ allowVxlanFromWorkloads: found })),
  allowipippacketsfromworkloads: (value) => truth(value, (found) => ({ allowIpipFromWorkloads: found })),
  failsafeinboundhostports: (value) => failsafe(value, (found) => ({ failsafeInbound: found })),
  failsafeoutboundhostports: (value) => failsafe(value, (found) => ({ failsafeOutbound: found })),
  ipinipenabled: (value) => truth(value, (found) => ({ ipip: found })),
  vxlanenabled: (value) => truth(value, (found) => ({ vxlan: found })),
  vxlanport: (value) => port(value, (found) => ({ vxlanPort: found })),
  wireguardenabled: (value) => truth(value, (found) => ({ wireguard: found })),
  wireguardenabledv6: (value) => truth(value, (found) => ({ wireguardV6: found })),
  wireguardlisteningport: (value) => port(value, (found) => ({ wireguardPort: found })),
  wireguardlisteningportv6: (value) => port(value, (found) => ({ wireguardPortV6: found })),
  wireguardinterfacename: (value) => interfaceName(value, (found) => ({ wireguardInterface: found })),
  wireguardinterfacenamev6: (value) => interfaceName(value, (found) => ({ wireguardInterfaceV6: found })),
  wireguardhostencryptionenabled: (value) => truth(value, (found) => ({ wireguardHosts: found })),
  externalnodescidrlist: (value) => blocks(value, (found) => ({ externalNodes: found })),
  natportrange: (value) => portRange(value, (found) => ({ natPorts: found })),
  natoutgoingaddress: (value) =>
    isAddress(value) && !value.includes(":") ? { natAddress: value } : { wanted: "an address of IPv4" },
  natoutgoingexclusions: (value) =>
    choice(value, ["IPPOOLSONLY", "IPPOOLSANDHOSTIPS"], (found) => ({ natExcludesHosts: found !== "IPPOOLSONLY" })),
  iptablesnatoutgoinginterfacefilter: (value) => interfaceName(value, (found) => ({ natInterface: found })),
  ipv6support: (value) => truth(value, (found) => ({ ipv6: found })),
  logprefix: (value) =>
    /^[\w -]{1,27}$/.test(value) ? { logPrefix: value } : { wanted: "at most 27 letters, digits, spaces, - and _" },
};

const spellings = [
  "DefaultEndpointToHostAction",
  "IptablesFilterAllowAction",
  "IptablesMangleAllowAction",
  "ChainInsertMode",
  "DisableConntrackInvalidCheck",
  "AllowVXLANPacketsFromWorkloads",
  "AllowIPIPPacketsFromWorkloads",
  "FailsafeInboundHostPorts",
  "FailsafeOutboundHostPorts",
  "LogPrefix",
  "IpInIpEnabled",
  "VXLANEnabled",
  "VXLANPort",
  "WireguardEnabled",
  "WireguardEnabledV6",
  "WireguardListeningPort",
  "WireguardListeningPortV6",
  "WireguardInterfaceName",
  "WireguardInterfaceNameV6",
  "WireguardHostEncryptionEnabled",
  "ExternalNodesCIDRList",
  "NATPortRange",
  "NATOutgoingAddress",
  "NATOutgoingExclusions",
  "IptablesNATOutgoingInterfaceFilter",
  "Ipv6Support",
];

/** Fields of FelixConfiguration that Felix's own name differs from. Source: Calico 87c15906f, api/pkg/apis/projectcalico/v3/felixconfig.go. */
const fieldNames: Readonly<Record<string, string>> = {
  ipipenabled: "ipinipenabled",
  externalnodeslist: "externalnodescidrlist",
};

function keyOf(name: string): string {
  const key = name.toLowerCase();
  return Object.hasOwn(fieldNames, key) ? fieldNames[key]! : key;
}

/** A release passes over settings that came after it. */
function isKnown(key: string, { tunnels, nat }: Generation): boolean {
  if (key.startsWith("vxlan")) return tunnels.vxlan !== undefined;
  if (key.startsWith("wireguard")) return tunnels.wireguard !== undefined;
  if (key === "natoutgoingexclusions") return nat.exclusions;
  return nat.settings || (key !== "natoutgoingaddress" && key !== "iptablesnatoutgoinginterfacefilter");
}

/** Settings by name in lower case: what the environment of calico-node says on AKS, which outranks every FelixConfiguration. */
const ofAks: Readonly<Record<string, string>> = {
  defaultendpointtohostaction: "ACCEPT",
  interfaceprefix: "azv",
  ipv6support: "false",
};

/** Settings that change rules in ways that nothing here compiles, by what they must be so that they do not. */
const notBuilt: Readonly<Record<string, RegExp>> = {
  bpfenabled: /^false$/i,
  bpfkubeproxyiptablescleanupenabled: /^/,
  iptablesmarkmask: /^(0xffff0000|4294901760)$/i,
  nftablesmode: /^(disabled|auto)$/i,
  iptablesfilterdenyaction: /^drop$/i,
  flowlogsgoldmaneserver: /^$/,
  openstackregion: /^$/,
  floatingips: /^disabled$/i,
  workloadsourcespoofing: /^disabled$/i,
};

/**
 * The settings of FelixConfigurations over the defaults: those of every node, then those of one, and the command line's over
 * all. Names in any case; what does not show in rules is passed over.
 */
export function withConfigurations(
  written: readonly FelixConfiguration[],
  ofCommandLine: readonly string[],
  generation: Generation,
): { readonly felix: FelixSettings; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const { release } = generation;
  let felix = defaults(generation);
  for (const configuration of written) {
    for (const { name, value, offset } of configuration.settings) {
      const key = keyOf(name);
      const where = {
        location: { source: configuration.source, offset },
        object: configuration.name,
        field: `spec.${name}`,
      };
      if (Object.hasOwn(ofAks, key)) {
        if (ofAks[key]!.toLowerCase() !== value.toLowerCase()) {
          diagnostics.push(diagnostic("felix-setting-fixed", { name, value: ofAks[key]! }, where));
        }
      } else if (Object.hasOwn(notBuilt, key)) {
        if (!notBuilt[key]!.test(value)) diagnostics.push(diagnostic("felix-setting-not-built", { name }, where));
      } else if (Object.hasOwn(settings, key)) {
        const read = settings[key]!(value);
        if ("wanted" in read)
          diagnostics.push(diagnostic("felix-setting-invalid", { name, value, wanted: read.wanted }, where));
        else if (!isKnown(key, generation))
          diagnostics.push(
            diagnostic("calico-unknown-feature", { release, what: name, effect: "it is passed over" }, where),
          );
        else felix = { ...felix, ...read };
      }
    }
  }
  return { felix: felixSettings(ofCommandLine, generation, felix).felix, diagnostics };
}

/** The settings of the command line over others, the defaults where nobody has any: `NAME=VALUE`, names in any case. */
export function felixSettings(
  written: readonly string[],
  generation: Generation,
  others = defaults(generation),
): { readonly felix: FelixSettings; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const { release } = generation;
  let felix = others;
  for (const text of written) {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const key = keyOf(name);
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (!setting || equals < 0) {
      const near = suggest(name, spellings);
      const fix = setting
        ? `write ${name}=VALUE`
        : near
          ? `write ${near}=VALUE`
          : `settings that show in rules: ${spellings.join(", ")}`;
      diagnostics.push(diagnostic("felix-setting-unknown", { text, fix }));
      continue;
    }
    const value = text.slice(equals + 1);
    const read = setting(value);
    if ("wanted" in read) diagnostics.push(diagnostic("felix-setting-invalid", { name, value, wanted: read.wanted }));
    else if (!isKnown(key, generation))
      diagnostics.push(diagnostic("calico-unknown-feature", { release, what: name, effect: "it is passed over" }));
    else felix = { ...felix, ...read };
  }
  return { felix, diagnostics };
}

function choice<T extends string>(
  value: string,
  known: readonly T[],
  make: (found: T) => Partial<FelixSettings>,
): ReturnType<Setting> {
  const found = known.find((each) => each === value.toUpperCase());
  return found === undefined ? { wanted: known.join(", ") } : make(found);
}

function truth(value: string, make: (found: boolean) => Partial<FelixSettings>): ReturnType<Setting> {
  const found = { true: true, false: false }[value.toLowerCase()];
  return found === undefined ? { wanted: "true or false" } : make(found);
}

function port(value: string, make: (found: number) => Partial<FelixSettings>): ReturnType<Setting> {
  const found = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return found < 1 || found > 65535 ? { wanted: "a port, 1 to 65535" } : make(found);
}

/** `32768:65535`, or a port; 0 for none. */
function portRange(value: string, make: (found: Ports) => Partial<FelixSettings>): ReturnType<Setting> {
  const [, first, last = first] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(value) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first === undefined || range.last > 65535 || range.first > range.last)
    return { wanted: "ports as FIRST:LAST, 32768:65535" };
  return range.last === 0 ? {} : make(range);
}

/** Source: Calico a0db560f0520, felix/config/config_params.go, IfaceParamRegexp. */
function interfaceName(value: string, make: (found: string) => Partial<FelixSettings>): ReturnType<Setting> {
  return /^[a-zA-Z0-9:._+-]{1,15}$/.test(value) ? make(value) : { wanted: "the name of an interface" };
}

/** Blocks and addresses, with commas between. */
function blocks(value: string, make: (found: readonly string[]) => Partial<FelixSettings>): ReturnType<Setting> {
  const found = value === "" ? [] : value.split(",").map((each) => asBlock(each.trim()));
  return found.every((each) => each !== undefined)
    ? make(found)
    : { wanted: "blocks of addresses, with commas between" };
}

function asBlock(text: string): string | undefined {
  const whole = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  return parseCidr(whole) ? maskedCidr(whole) : undefined;
}

/** `tcp:22,udp:68,tcp:[10.0.0.0/8]:179`, a number alone for TCP, `none` for none. */
function failsafe(
  value: string,
  make: (found: readonly FailsafePort[]) => Partial<FelixSettings>,
): ReturnType<Setting> {
  if (value === "none" || value === "") return make([]);
  const ports = value.split(",").map(failsafePort);
  if (!ports.every((port) => port !== undefined))
    return { wanted: "PROTOCOL:PORT or PROTOCOL:[BLOCK]:PORT, with commas between, or none" };
  return make(ports);
}

function failsafePort(text: string): FailsafePort | undefined {
  const [, protocol = "tcp", bracketed, bare, digits] =
    /^(?:(tcp|udp|sctp):)?(?:(?:\[([0-9A-Fa-f.:/]+)\]|([0-9./]+)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535) return undefined;
  const written = bracketed ?? bare;
  if (written === undefined) return { protocol, port };
  const net = asBlock(written);
  return net === undefined ? undefined : { protocol, port, net };
}
