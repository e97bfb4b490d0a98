import { intersectTraffic, noTraffic, subtractTraffic, unionTraffic, type Traffic } from "../traffic.js";
import type { Ends } from "./altered-ports.js";

/**
 * What older releases make of policies: one ordered list of lines in which the first that takes a packet decides, so that no
 * policy can be understood alone. A line is told from others by its text.
 */
export interface Line {
  readonly chain: string;
  readonly text: string;
  /** Where packets go that it takes. */
  readonly to: "ACCEPT" | "DROP" | { readonly chain: string };
  takes(ends: Ends): Traffic;
  /** The field of the policy that it is written for: `spec.ingress[0].from[1]`. */
  readonly field: string;
  /** True when iptables does not understand it. */
  readonly fails?: boolean;
  /** Where in its chain; otherwise where most go. */
  readonly place?: Place;
}

type Place = "first" | "last";

export class Lines {
  private readonly chains = new Map<string, Line[]>();

  /** `repeats`: a line that is there is written again. */
  constructor(
    private readonly place: Place,
    private readonly repeats = false,
  ) {}

  has({ chain, text }: Line): boolean {
    return this.chains.get(chain)?.some((line) => line.text === text) ?? false;
  }

  add(line: Line): void {
    if (!this.repeats && this.has(line)) return;
    const { chain, place = this.place } = line;
    const lines = this.chains.get(chain) ?? [];
    this.chains.set(chain, place === "first" ? [line, ...lines] : [...lines, line]);
  }

  remove({ chain, text }: Line): void {
    this.chains.set(
      chain,
      (this.chains.get(chain) ?? []).filter((line) => line.text !== text),
    );
  }

  /** What passes: what a line accepts, and what is left behind the last of the chains. */
  traffic(chains: readonly string[], ends: Ends, all: Traffic): Traffic {
    let rest = all;
    let accepted: Traffic = noTraffic;
    const walk = (chain: string, traffic: Traffic): Traffic => {
      let here = traffic;
      for (const line of this.chains.get(chain) ?? []) {
        if (here === noTraffic) break;
        const taken = intersectTraffic(here, line.takes(ends));
        if (taken === noTraffic) continue;
        here = subtractTraffic(here, taken);
        if (line.to === "ACCEPT") accepted = unionTraffic(accepted, taken);
        else if (line.to !== "DROP") here = unionTraffic(here, walk(line.to.chain, taken));
      }
      return here;
    };
    for (const chain of chains) rest = walk(chain, rest);
    return unionTraffic(accepted, rest);
  }
}
