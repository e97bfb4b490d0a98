import { isAddress, leadingZeros, parseAddress } from "../../../model/cidr.js";
import type { Annotation, Pod } from "../../../model/objects.js";
import { quote } from "../../../text/quote.js";
import { stringList } from "./string-list.js";
import type { Generation } from "../generation.js";
import { plainAddress } from "../plain-address.js";

const key = "cni.projectcalico.org/floatingIPs";

/** An address that leads to a pod besides its own, and the one of its own that stands behind it. */
export interface FloatingAddress {
  readonly address: string;
  readonly to: string;
}

/** What a pod's annotation asks for, and what of it comes to nothing; or why nobody can read it, and how to write it. */
export type FloatingAddresses = { readonly written: Annotation; readonly key: string } & (
  | { readonly addresses: readonly FloatingAddress[]; readonly passedOver: readonly PassedOver[] }
  | { readonly problem: string; readonly fix: string }
);

export interface PassedOver {
  /** As written. */
  readonly text: string;
  readonly why: string;
}

/**
 * The floating addresses of a pod with addresses of its own; undefined where no annotation asks for any. Each leads to the pod's last address
 * of its version, in v3.3 to the pod's first, whatever that is. Texts that are no address are passed over. Source: Calico a0db560f0520,
 * libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go and syncersv1/updateprocessors/workloadendpointprocessor.go,
 * ConvertV2ToV1IPNAT; libcalico-go of 2018, conversion.go.
 */
export function floatingAddresses(
  { annotations, addresses, ip }: Pod,
  { nat }: Generation,
): FloatingAddresses | undefined {
  const written = annotations?.get(key);
  if (!written) return undefined;
  const list = stringList(written.text);
  const common = { written, key };
  if (!list) return { ...common, problem: `${quote(written.text)} is no list of texts in JSON`, fix: example };
  const own = (addresses ?? [ip]).map(plainAddress);
  const found: FloatingAddress[] = [];
  const passedOver: PassedOver[] = [];
  for (const text of list) {
    const isV6 = text.includes(":");
    const to = nat.floatingByVersion ? own.findLast((each) => each.includes(":") === isV6) : own[0];
    if (!isAddress(text) || leadingZeros(text).inAddress) passedOver.push({ text, why: "is no address" });
    else if (to === undefined)
      passedOver.push({ text, why: `leads nowhere: the pod has no address of IPv${isV6 ? 6 : 4}` });
    else found.push({ address: isMapped(text) ? text : plainAddress(text), to });
  }
  return { ...common, addresses: found, passedOver };
}

/** Of those who ask for one address, the one whose own comes first as a text. What leads from one version of IP to the other nobody gets. */
export function givenAddresses<T extends FloatingAddress>(asked: readonly T[]): ReadonlyMap<string, T> {
  const given = new Map<string, T>();
  for (const each of asked) {
    if (isOfOtherVersion(each)) continue;
    const other = given.get(each.address);
    if (!other || each.to < other.to) given.set(each.address, each);
  }
  return given;
}

/** Whether iptables refuses a rule for it: the address is of IPv4 and the pod's of IPv6, or the other way round. */
export function isOfOtherVersion({ address, to }: FloatingAddress): boolean {
  return isMapped(address) || address.includes(":") !== to.includes(":");
}

/** Felix takes `::ffff:10.0.0.1` for an address of IPv4. */
function isMapped(text: string): boolean {
  const bytes = text.includes(":") ? parseAddress(text) : undefined;
  return (
    bytes !== undefined && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  );
}

const example = 'write it as ["10.1.0.1"]';
