import { addressOf, changeDestination, translateTo } from "../felix/fragments.js";
import type { FelixRule } from "../felix/rule.js";
import type { LocalEndpoint } from "../cluster/cluster.js";
import { givenAddresses } from "../cluster/floating-addresses.js";
import type { FelixSettings } from "../settings.js";
import type { Origin } from "../../../text/origin.js";
import type { IpVersion } from "../../../text/ip-version.js";

/** A floating address, the pod's address that stands behind it, and who asked for it. */
export interface Floating {
  readonly address: string;
  readonly to: string;
  readonly origin: Origin;
}

/**
 * The floating addresses of a node's pods, in the order of their texts. Of pods that ask for the same one, that gets it whose own address comes
 * first as a text. Source: Calico a0db560f0520, felix/dataplane/linux/floating_ip_mgr.go; felix of 2017 is the same but for the setting.
 */
export function floatingOf(
  local: readonly LocalEndpoint[],
  { floatingIps }: FelixSettings,
  ipVersion: IpVersion,
): readonly Floating[] {
  if (!floatingIps) return [];
  const asked = local.flatMap(({ floating }) => floating.filter(({ to }) => to.includes(":") === (ipVersion === 6)));
  return [...givenAddresses(asked).values()].toSorted(byText(({ address }) => address));
}

/** What comes for a floating address goes to the pod. Source: Calico a0db560f0520, felix/rules/nat.go. */
export function toFloating(all: readonly Floating[]): readonly FelixRule[] {
  return all.map(({ address, to, origin }) => ({
    matches: [addressOf("destination", address)],
    action: changeDestination(to),
    origin,
  }));
}

/** A pod that sends to its own floating address hears from that, and not from itself: one rule a pod, for the first of its addresses. */
export function fromItself(all: readonly Floating[], { features }: FelixSettings): readonly FelixRule[] {
  const firsts = new Map<string, Floating>();
  for (const each of all) if (!firsts.has(each.to)) firsts.set(each.to, each);
  return [...firsts.values()].toSorted(byText(({ to }) => to)).map(({ address, to, origin }) => ({
    matches: [addressOf("destination", to), addressOf("source", to)],
    action: translateTo(features, address),
    origin,
  }));
}

function byText<T>(textOf: (each: T) => string): (a: T, b: T) => number {
  return (a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0);
}
