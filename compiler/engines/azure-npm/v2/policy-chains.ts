import type { Chain, Match, Rule } from "../../../netfilter/tables.js";
import type { Direction, PolicyPairs } from "../../../pairs/pair-group.js";
import type { Origin } from "../../../text/origin.js";
import { acceptChain, activeRules, allowMarkChain, jump } from "./chains.js";
import { emitPolicyRules, jumpMatches, type Naming } from "./emit-policy.js";

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
  /** By name, oldest first; a policy that is gone leaves its chains empty until the periodic task. */
  readonly #chains = new Map<string, PolicyChain | undefined>();
  #policies = 0;

  constructor(naming: Naming, leftBehind: readonly string[]) {
    this.#naming = naming;
    for (const chain of leftBehind) this.#chains.set(chain, undefined);
  }

  /** True while AZURE-NPM leads anywhere. */
  get active(): boolean {
    return this.#policies > 0;
  }

  add({ key, directions, pairs }: ChainedPolicy): void {
    this.#policies += 1;
    for (const direction of directions) {
      const name = this.#naming.chainName(key, direction);
      if (this.#chains.has(name)) this.#chains.delete(name);
      this.#chains.set(name, new PolicyChain(name, direction, pairs, this.#naming));
    }
  }

  remove({ key, directions }: ChainedPolicy): void {
    this.#policies -= 1;
    for (const direction of directions) {
      const chain = this.#naming.chainName(key, direction);
      this.#chains.delete(chain);
      this.#chains.set(chain, undefined);
    }
  }

  /** Names of the empty chains that no policy fills any more, in the order they were left; they are gone afterwards. */
  removeStale(): string[] {
    const stale = [...this.#chains].filter(([, chain]) => !chain).map(([name]) => name);
    for (const name of stale) this.#chains.delete(name);
    return stale;
  }

  /** The jumps of one direction, newest first, as they stand in AZURE-NPM-INGRESS or -EGRESS before its own rules. */
  jumps(direction: Direction): Rule[] {
    const jumps: Rule[] = [];
    for (const chain of this.#chains.values()) if (chain?.direction === direction) jumps.push(jumpTo(chain));
    return jumps.reverse();
  }

  /** The rules of AZURE-NPM. */
  get mainRules(): Rule[] {
    return this.active ? activeRules.map(({ rule }) => rule) : [];
  }

  /** Chains of policies, in no order. */
  policyChains(): Chain[] {
    return Array.from(this.#chains, ([name, chain]): Chain => {
      return chain ?? { name, rules: [], origin: { kind: "engine", reason: "left by a policy that is gone" } };
    });
  }
}

const targetsOfPolicies = [allowMarkChain, acceptChain];

/** The chain of one direction of a policy. Its rules are made whenever they are read: all of them at once take much memory. */
class PolicyChain implements Chain {
  readonly name: string;
  readonly direction: Direction;
  readonly followsOrigin = true;
  readonly leadsTo = targetsOfPolicies;
  readonly origin: Origin;
  readonly #pairs: PolicyPairs;
  readonly #naming: Naming;

  constructor(name: string, direction: Direction, pairs: PolicyPairs, naming: Naming) {
    this.name = name;
    this.direction = direction;
    this.origin = pairs.origin;
    this.#pairs = pairs;
    this.#naming = naming;
  }

  get rules(): Rule[] {
    return emitPolicyRules(this.#pairs, this.direction, this.#naming);
  }

  /** The rule that leads here, but for its target. */
  get jumpMatches(): Match[] {
    return jumpMatches(this.#pairs, this.direction, this.#naming);
  }

  get jumpOrigin(): Origin {
    return this.#pairs.directions.find(({ direction }) => direction === this.direction)!.origin;
  }
}

/**
 * The jump to a policy's chain. What it matches is made whenever it is read, for the same reason; the fields are the object's own, so that a copy
 * of the rule has them.
 */
function jumpTo(chain: PolicyChain): Rule {
  return {
    get matches() {
      return chain.jumpMatches;
    },
    target: jump(chain.name),
    followsOrigin: true,
    get origin() {
      return chain.jumpOrigin;
    },
  };
}

/** The directions of a policy, ingress first, each once. */
export function directionsOf(pairs: PolicyPairs): Direction[] {
  return (["ingress", "egress"] as const).filter((direction) =>
    pairs.directions.some((found) => found.direction === direction),
  );
}
