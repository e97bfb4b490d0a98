import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { suggest } from "../../text/suggest.js";
import { maskedCidr, parseCidr } from "../../model/cidr.js";
import type { FelixConfiguration } from "../../model/calico/objects.js";
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
  "Ipv6Support",
];

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
  wireguardenabled: /^false$/i,
  wireguardenabledv6: /^false$/i,
  vxlanenabled: /^false$/i,
  ipipenabled: /^false$/i,
  ipinipenabled: /^false$/i,
  iptablesfilterdenyaction: /^drop$/i,
  flowlogsgoldmaneserver: /^$/,
  openstackregion: /^$/,
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
  let felix = defaults(generation);
  for (const configuration of written) {
    for (const { name, value, offset } of configuration.settings) {
      const key = name.toLowerCase();
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
  let felix = others;
  for (const text of written) {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const setting = Object.hasOwn(settings, name.toLowerCase()) ? settings[name.toLowerCase()] : undefined;
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
  const block = bracketed ?? bare;
  if (block === undefined) return { protocol, port };
  const whole = block.includes("/") ? block : `${block}/${block.includes(":") ? 128 : 32}`;
  return parseCidr(whole) ? { protocol, port, net: maskedCidr(whole) } : undefined;
}
