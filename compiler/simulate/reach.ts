import type { Ip } from "./ip.js";
import { allTraffic, noTraffic, type Traffic } from "./traffic.js";

/**
 * Who reaches whom, for all packets at once. Endpoints that nothing tells apart are one class; as a source an endpoint may be in another
 * class than as a destination. Classes are numbered from 0 in the order in which they are first asked for, so that the same
 * questions give the same numbers.
 */
export interface Reach<Endpoint> {
  sourceClass(endpoint: Endpoint): number;
  destinationClass(endpoint: Endpoint): number;
  /** What passes between two classes, one of `sourceClass` and one of `destinationClass`. */
  between(sourceClass: number, destinationClass: number): Passage;
  /**
   * Addresses, those of each version ascending, at which a block in play begins, or the first one behind it: between two of them all
   * addresses outside the cluster are alike.
   */
  borders(): readonly Ip[];
}

/** Equal passages of one `Reach` are one object. */
export interface Passage {
  readonly allowed: Traffic;
  /** What may pass or not, depending on something that is not known; nothing of it is in `allowed`. */
  readonly depends: Traffic;
}

/** Makes passages, one object for each that differs. */
export function passagesOf(): (allowed: Traffic, depends: Traffic) => Passage {
  const known = new Map<string, Passage>();
  const whole: Passage = { allowed: allTraffic, depends: noTraffic };
  const empty: Passage = { allowed: noTraffic, depends: noTraffic };
  return (allowed, depends) => {
    if (depends === noTraffic && allowed === allTraffic) return whole;
    if (depends === noTraffic && allowed === noTraffic) return empty;
    const key = depends.length === 0 ? allowed.join() : `${allowed.join()} ${depends.join()}`;
    let passage = known.get(key);
    if (!passage) known.set(key, (passage = { allowed, depends }));
    return passage;
  };
}
