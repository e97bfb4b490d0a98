import { isAddress, leadingZeros, maskedCidr, parseCidr, wholeBlock } from "../../model/cidr.js";
import { dscpOf } from "./cluster/dscp.js";
import type { Features, Ports } from "./felix/fragments.js";
import type { FailsafePort } from "../specification.js";
import type { Generation } from "./generation.js";
import { bitsOf } from "./marks.js";
import type { FelixSettings } from "./settings.js";

/** What a text means as the value of a setting, what would mean something, or why Felix can't work with it. */
export type Reading = Partial<FelixSettings> | { readonly wanted: string } | { readonly stops: string };
export type Read = (value: string, generation: Generation) => Reading;

/** One of a few words, in any case. */
export function choice<T extends string>(known: readonly T[], make: (found: T) => Reading): Read {
  return (value) => {
    const found = known.find((each) => each === value.toUpperCase());
    return found === undefined ? { wanted: known.join(", ") } : make(found);
  };
}

export function truth(make: (found: boolean) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = { true: true, false: false }[value.toLowerCase()];
    return found === undefined ? { wanted: "true or false" } : make(found);
  };
}

export function port(make: (found: number) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    return found < 1 || found > 65535 ? { wanted: "a port, 1 to 65535" } : make(found);
  };
}

/** A port or 0; `none` is 0, too. */
export function portOrNone(make: (found: number) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = /^none$/i.test(value) ? 0 : /^(?:0|[1-9]\d{0,4})$/.test(value) ? Number(value) : -1;
    return found < 0 || found > 65535 ? { wanted: "a port, 0 to 65535, or none" } : make(found);
  };
}

/** An address of IPv4, or `none`. What Felix makes of a name it would have to ask somebody. */
export function addressOrNone(make: (found: string | undefined) => Partial<FelixSettings>): Read {
  return (value) => {
    if (/^none$/i.test(value)) return make(undefined);
    const isPlain = isAddress(value) && !value.includes(":") && !leadingZeros(value).inAddress;
    return isPlain ? make(value) : { wanted: "an address of IPv4, or none" };
  };
}

/** A number from `least` to `most`. */
export function count(least: number, make: (found: number) => Partial<FelixSettings>, most = 0xffffffff): Read {
  return (value) => {
    const found = /^\d{1,10}$/.test(value) ? Number(value) : -1;
    return found < least || found > most ? { wanted: `a number, ${least} to ${most}` } : make(found);
  };
}

/** Some text; Felix takes `none` for none, and passes over an empty one. */
export function text(pattern: RegExp, wanted: string, make: (found: string) => Partial<FelixSettings>): Read {
  return (value) => {
    if (value === "") return {};
    const found = value.toLowerCase() === "none" ? "" : value;
    return found === "" || pattern.test(found) ? make(found) : { wanted };
  };
}

/** What iptables and the kernel can do as Felix finds it where they are not older than its own times. */
export const detected: Features = { snatFullyRandom: true, masqueradeFullyRandom: true, nflogSize: true };

const featureNames: Readonly<Record<string, keyof Features>> = {
  SNATFullyRandom: "snatFullyRandom",
  MASQFullyRandom: "masqueradeFullyRandom",
  NFLogSize: "nflogSize",
};

/**
 * `SNATFullyRandom=false,NFLogSize=true`. Other features show in no rule, and what is neither true nor false is left to detection.
 * Source: Calico a0db560f0520, felix/stringutils/parse_keyvalue_list.go; felix/environment/feature_detect_linux.go.
 */
export const features: Read = (value) => {
  const items = value.split(",").filter((item) => item.trim() !== "");
  const pairs = items.map((item) => /^\s*(\w+)=([^]*)$/.exec(item));
  if (!pairs.every((pair) => pair !== null)) return { wanted: "NAME=true or NAME=false, with commas between" };
  const found = pairs.flatMap(([, name, its]) => {
    const feature = featureNames[name!];
    const can = /^(1|t|T|TRUE|true|True)$/.test(its!);
    return feature && (can || /^(0|f|F|FALSE|false|False)$/.test(its!)) ? [[feature, can] as const] : [];
  });
  return { features: { ...detected, ...Object.fromEntries(found) } };
};

/** 32 bits, `0xffff0000` or `4294901760`, of which some must be set. */
export function bitmask(
  needed: (generation: Generation) => number,
  make: (found: number) => Partial<FelixSettings>,
): Read {
  return (value, generation) => {
    const found = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value) ? Number(value) : 0;
    const least = needed(generation);
    if (found > 0xffffffff || bitsOf(found).length < least)
      return { wanted: `32 bits of which at least ${least} are set, like 0xffff0000` };
    return make(found);
  };
}

/** A value of the field DSCP: a number, 0 to 63, or its name. */
export function dscp(make: (found: number) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = dscpOf(value);
    return found === undefined ? { wanted: "a value of DSCP, 0 to 63 or a name like AF11" } : make(found);
  };
}

/** Ports and ranges, `30000:32767`, with commas between. */
export function portRanges(make: (found: readonly Ports[]) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = value.split(",").map((each) => rangeOf(each.trim()));
    return found.every((each) => each !== undefined)
      ? make(found)
      : { wanted: "ports and ranges, 30000:32767, with commas between" };
  };
}

function rangeOf(text: string): Ports | undefined {
  const [, first, last = first] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return first === undefined || range.last > 65535 || range.first > range.last ? undefined : range;
}

/** `32768:65535`, or a port; 0 for none. */
export function portRange(make: (found: Ports) => Partial<FelixSettings>): Read {
  return (value) => {
    const range = rangeOf(value);
    if (!range) return { wanted: "ports as FIRST:LAST, 32768:65535" };
    return range.last === 0 ? {} : make(range);
  };
}

/** Source: Calico a0db560f0520, felix/config/config_params.go, IfaceParamRegexp. */
export function interfaceName(make: (found: string) => Partial<FelixSettings>): Read {
  return (value) => (/^[a-zA-Z0-9:._+-]{1,15}$/.test(value) ? make(value) : { wanted: "the name of an interface" });
}

/**
 * Names of interfaces and, between slashes, expressions that are looked for in them, with commas between. Of expressions only what takes
 * linear time, for they come from manifests. Source: Calico a0db560f0520, felix/config/param_types.go, RegexpPatternListParam; felix pull request 1980 of
 * March 2019, which brought expressions.
 */
export function interfaceList(make: (found: readonly RegExp[]) => Partial<FelixSettings>): Read {
  return (value, { knows }) => {
    const found = value.split(",").map((each) => {
      if (/^[a-zA-Z0-9_-]{1,15}$/.test(each)) return new RegExp(`^${each}$`);
      const [, expression] = /^\/([\w^$.*+?[\]-]{1,60})\/$/.exec(each) ?? [];
      return knows.interfacePatterns && expression !== undefined ? expressionOf(expression) : undefined;
    });
    if (found.every((each) => each !== undefined)) return make(found);
    return {
      wanted: knows.interfacePatterns
        ? "names of interfaces and /expressions/ of letters, digits, _ ^ $ . * + ? [ ] -, with commas between"
        : "names of interfaces, with commas between",
    };
  };
}

function expressionOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

/** Blocks and addresses, with commas between. */
export function blocks(make: (found: readonly string[]) => Partial<FelixSettings>): Read {
  return (value) => {
    const found = value === "" ? [] : value.split(",").map((each) => asBlock(each.trim()));
    return found.every((each) => each !== undefined)
      ? make(found)
      : { wanted: "blocks of addresses, with commas between" };
  };
}

function asBlock(text: string): string | undefined {
  const whole = wholeBlock(text);
  return parseCidr(whole) ? maskedCidr(whole) : undefined;
}

/** `tcp:22,udp:68,tcp:[10.0.0.0/8]:179`, a number alone for TCP, `none` for none. */
export function failsafe(make: (found: readonly FailsafePort[]) => Partial<FelixSettings>): Read {
  return (value) => {
    if (value === "none" || value === "") return make([]);
    const ports = value.split(",").map(failsafePort);
    if (!ports.every((port) => port !== undefined))
      return {
        wanted:
          "tcp, udp or sctp, a port up to 65535, and a block if one is meant: tcp:22,tcp:[10.0.0.0/8]:443, or none",
      };
    return make(ports);
  };
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
