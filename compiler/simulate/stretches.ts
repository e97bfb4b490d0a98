import { after, compareIps, parseIp, versionOf, type AddressRange, type Ip } from "./ip.js";

/** Ranges cut all addresses into stretches: those of one are in the same ranges. */
export class Stretches {
  /** Where ranges begin, and the first addresses behind them; ascending, IPv4 first. */
  readonly borders: readonly Ip[];

  constructor(ranges: Iterable<AddressRange>) {
    const borders = new Set<Ip>();
    for (const { first, last } of ranges) borders.add(first).add(after(last));
    this.borders = [...borders].sort(compareIps);
  }

  /** A name for the stretch of an address. */
  of(address: string): string {
    const number = parseIp(address);
    if (number === undefined) return address;
    let [low, high] = [0, this.borders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIps(this.borders[middle]!, number) <= 0) low = middle + 1;
      else high = middle;
    }
    return `${versionOf(number)} ${low}`;
  }
}
