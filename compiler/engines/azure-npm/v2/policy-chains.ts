import type { Chain, Rule } from "../../../netfilter/tables.js";
import type { Direction, PolicyPairs } from "../../../pairs/pair-group.js";
import { activeRules } from "./chains.js";
import { emitJump, emitPolicyChain, type Naming } from "./emit-policy.js";

/** The chains of policies and the jumps to them, as they stand in the kernel. */
export class PolicyChains {
  readonly #naming: Naming;
  /** By policy; a policy that is gone leaves its chains empty until the periodic task. */
  readonly #chains = new Map<string, PolicyPairs | undefined>();
  /** Oldest first; the kernel has them newest first. */
  readonly #jumps: Record<Direction, Map<string, PolicyPairs>> = { ingress: new Map(), egress: new Map() };
  #policies = 0;

  constructor(naming: Naming, leftBehind: readonly string[]) {
    this.#naming = naming;
    for (const chain of leftBehind) this.#chains.set(chain, undefined);
  }

  /** True while AZURE-NPM leads anywhere. */
  get active(): boolean {
    return this.#policies > 0;
  }

  add(pairs: PolicyPairs): void {
    this.#policies += 1;
    for (const direction of directionsOf(pairs)) {
      this.#chains.set(this.#naming.chainName(pairs.policy, direction), pairs);
      this.#jumps[direction].set(pairs.policy, pairs);
    }
  }

  remove(pairs: PolicyPairs): void {
    this.#policies -= 1;
    for (const direction of directionsOf(pairs)) {
      this.#chains.set(this.#naming.chainName(pairs.policy, direction), undefined);
      this.#jumps[direction].delete(pairs.policy);
    }
  }

  /** Names of the empty chains that no policy fills any more, by name; they are gone afterwards. */
  removeStale(): string[] {
    const stale = [...this.#chains].filter(([, pairs]) => !pairs).map(([name]) => name);
    for (const name of stale) this.#chains.delete(name);
    return stale.sort();
  }

  /** The jumps of one direction, as they stand in AZURE-NPM-INGRESS or -EGRESS before its own rules. */
  jumps(direction: Direction): Rule[] {
    return [...this.#jumps[direction].values()].reverse().map((pairs) => {
      return emitJump(
        pairs,
        pairs.directions.find((found) => found.direction === direction)!,
        this.#naming,
      );
    });
  }

  /** The rules of AZURE-NPM. */
  get mainRules(): Rule[] {
    return this.active ? activeRules.map(({ rule }) => rule) : [];
  }

  /** Chains of policies, in no order. */
  policyChains(): Chain[] {
    return [...this.#chains].map(([name, pairs]) => {
      if (!pairs) return { name, rules: [], origin: { kind: "engine", reason: "left by a policy that is gone" } };
      return emitPolicyChain(pairs, name.startsWith("AZURE-NPM-INGRESS") ? "ingress" : "egress", this.#naming);
    });
  }
}

/** The directions of a policy, ingress first, each once. */
export function directionsOf(pairs: PolicyPairs): Direction[] {
  return (["ingress", "egress"] as const).filter((direction) =>
    pairs.directions.some((found) => found.direction === direction),
  );
}
