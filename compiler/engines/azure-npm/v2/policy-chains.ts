import type { Chain, Rule } from "../../../netfilter/tables.js";
import type { Direction, PolicyPairs } from "../../../pairs/pair-group.js";
import type { Origin } from "../../../text/origin.js";
import { activeRules, directionChain } from "./chains.js";
import { emitJump, emitPolicyRules, type Naming } from "./emit-policy.js";

/** A policy in force. */
export interface ChainedPolicy {
  /** `namespace/name` */
  readonly key: string;
  /** Ingress first, each once. */
  readonly directions: readonly Direction[];
  readonly pairs: PolicyPairs;
}

/** The chains of policies and the jumps to them, as they stand in the kernel. */
export class PolicyChains {
  readonly #naming: Naming;
  /** By chain; a policy that is gone leaves its chains empty until the periodic task. */
  readonly #chains = new Map<string, ChainedPolicy | undefined>();
  /** By policy, oldest first; the kernel has them newest first. */
  readonly #jumps: Record<Direction, Map<string, ChainedPolicy>> = { ingress: new Map(), egress: new Map() };
  #policies = 0;

  constructor(naming: Naming, leftBehind: readonly string[]) {
    this.#naming = naming;
    for (const chain of leftBehind) this.#chains.set(chain, undefined);
  }

  /** True while AZURE-NPM leads anywhere. */
  get active(): boolean {
    return this.#policies > 0;
  }

  add(policy: ChainedPolicy): void {
    this.#policies += 1;
    for (const direction of policy.directions) {
      this.#chains.set(this.#naming.chainName(policy.key, direction), policy);
      this.#jumps[direction].set(policy.key, policy);
    }
  }

  remove({ key, directions }: ChainedPolicy): void {
    this.#policies -= 1;
    for (const direction of directions) {
      const chain = this.#naming.chainName(key, direction);
      this.#chains.delete(chain);
      this.#chains.set(chain, undefined);
      this.#jumps[direction].delete(key);
    }
  }

  /** Names of the empty chains that no policy fills any more, in the order they were left; they are gone afterwards. */
  removeStale(): string[] {
    const stale = [...this.#chains].filter(([, policy]) => !policy).map(([name]) => name);
    for (const name of stale) this.#chains.delete(name);
    return stale;
  }

  /** The jumps of one direction, as they stand in AZURE-NPM-INGRESS or -EGRESS before its own rules. */
  jumps(direction: Direction): Rule[] {
    return [...this.#jumps[direction].values()].reverse().map(({ pairs }) => emitJump(pairs, direction, this.#naming));
  }

  /** The rules of AZURE-NPM. */
  get mainRules(): Rule[] {
    return this.active ? activeRules.map(({ rule }) => rule) : [];
  }

  /** Chains of policies, in no order. */
  policyChains(): Chain[] {
    return [...this.#chains].map(([name, policy]): Chain => {
      if (!policy) return { name, rules: [], origin: { kind: "engine", reason: "left by a policy that is gone" } };
      return new PolicyChain(name, policy.pairs, this.#naming);
    });
  }
}

/** The chain of one direction of a policy. Its rules are made whenever they are read: all of them at once take much memory. */
class PolicyChain implements Chain {
  readonly name: string;
  readonly followsOrigin = true;
  readonly #pairs: PolicyPairs;
  readonly #naming: Naming;

  constructor(name: string, pairs: PolicyPairs, naming: Naming) {
    this.name = name;
    this.#pairs = pairs;
    this.#naming = naming;
  }

  get rules(): Rule[] {
    const direction = this.name.startsWith(directionChain("ingress")) ? "ingress" : "egress";
    return emitPolicyRules(this.#pairs, direction, this.#naming);
  }

  get origin(): Origin {
    return this.#pairs.origin;
  }
}

/** The directions of a policy, ingress first, each once. */
export function directionsOf(pairs: PolicyPairs): Direction[] {
  return (["ingress", "egress"] as const).filter((direction) =>
    pairs.directions.some((found) => found.direction === direction),
  );
}
