import type { NetworkPolicy } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import type { EventCluster } from "../event-cluster.js";
import { specOf, textOf } from "../same-spec.js";
import type { V1Generation } from "./generation.js";
import { deductPolicy, mergePolicies, withSortedSelector } from "./merge-policies.js";
import type { Programmer } from "./programmer.js";
import type { Translation } from "./translation.js";
import type { Translator } from "./translator.js";
import type { StoredPolicy, V1Voice } from "./voices/voice.js";

/** What a release before the queue does with a policy that comes, changes and goes; it tries nothing again. */
export class Policies {
  readonly #mergesPolicies: boolean;
  readonly #translator: Translator;
  readonly #programmer: Programmer;
  readonly #cluster: EventCluster;
  readonly #voice: V1Voice;
  /** As the API server has them; from v1.2.2 on with the selector sorted, in place, by NPM. */
  readonly #known = new Map<string, NetworkPolicy>();
  /** Set by an update, or a merge; before, the last policy does not take the chains along. */
  #mayRemoveChains = false;

  constructor(
    { mergesPolicies }: V1Generation,
    translator: Translator,
    programmer: Programmer,
    cluster: EventCluster,
    voice: V1Voice,
  ) {
    this.#mergesPolicies = mergesPolicies;
    this.#translator = translator;
    this.#programmer = programmer;
    this.#cluster = cluster;
    this.#voice = voice;
  }

  apply(policy: StoredPolicy): void {
    return this.#mergesPolicies ? this.#applyMerged(policy) : this.#applyAlone(policy);
  }

  delete(key: string): void {
    const policy = this.#known.get(key);
    if (!policy) return;
    this.#known.delete(key);
    this.#voice.heardOfPolicy("DELETE", policy);
    if (this.#mergesPolicies) this.#removeMerged(policy);
    else this.#removeAlone(policy);
  }

  /** Source: Azure NPM v1.2.2, npm/nwpolicy.go. Merging is bookkeeping: it decides only when the chains go. */
  #applyAlone(written: NetworkPolicy): void {
    const record = this.#cluster.record(written.namespace);
    const before = record.policies.get(written.name);
    const policy = withSortedSelector(written);
    const known = this.#known.get(keyOf(policy));
    this.#known.set(keyOf(policy), policy);
    if (known) this.#voice.heardOfPolicy("UPDATE", policy, known);
    this.#voice.heardOfPolicy("ADD", policy);
    if (before && specOf(before) === specOf(written)) return;
    this.#programmer.ensureChains();
    if (before) {
      this.#mayRemoveChains = false;
      this.#voice.heardOfPolicy("DELETE", before);
      this.#removeAlone(before);
      this.#mayRemoveChains = true;
    }
    const selector = textOf(policy.podSelector);
    const merged = record.merged.get(selector);
    record.merged.set(selector, merged ? mergePolicies(merged, policy) : policy);
    record.policies.set(policy.name, policy);
    this.#programmer.add(this.#translate(policy), () => this.#cluster.listAllNamespaces());
  }

  #removeAlone(policy: NetworkPolicy): void {
    const record = this.#cluster.record(policy.namespace);
    this.#programmer.remove(this.#translate(policy));
    record.policies.delete(policy.name);
    this.#deduct(policy);
    this.#removeChainsAfterTheLast();
  }

  /** Source: Azure NPM v1.0.30, npm/nwpolicy.go. */
  #applyMerged(written: NetworkPolicy): void {
    const key = keyOf(written);
    const before = this.#known.get(key);
    const policy = withSortedSelector(written);
    this.#known.set(key, policy);
    if (before) {
      this.#voice.heardOfPolicy("UPDATE", written, before);
      this.#voice.heardOfPolicy("DELETE", before);
    }
    if (before && !this.#removeMerged(before)) return;
    this.#voice.heardOfPolicy("ADD", written);
    const record = this.#cluster.record(policy.namespace);
    this.#programmer.ensureChains();
    const selector = textOf(policy.podSelector);
    const old = record.merged.get(selector);
    if (old) {
      this.#mayRemoveChains = false;
      this.#voice.heardOfPolicy("DELETE", old);
      this.#removeMerged(old);
      this.#mayRemoveChains = true;
    } else {
      record.merged.set(selector, policy);
    }
    const merged = old ? mergePolicies(old, policy) : policy;
    this.#programmer.add(this.#translate(merged), () => this.#cluster.listAllNamespaces());
  }

  #removeMerged(policy: NetworkPolicy): boolean {
    this.#cluster.record(policy.namespace);
    if (this.#programmer.remove(this.#translate(policy))) return false;
    this.#deduct(policy);
    this.#removeChainsAfterTheLast();
    return true;
  }

  #deduct(policy: NetworkPolicy): void {
    const { merged } = this.#cluster.record(policy.namespace);
    const selector = textOf(policy.podSelector);
    const found = merged.get(selector);
    if (!found) return;
    const rest = deductPolicy(found, policy);
    if (rest) merged.set(selector, rest);
    else merged.delete(selector);
  }

  #removeChainsAfterTheLast(): void {
    const busy = [...this.#cluster.records.values()].some(({ merged }) => merged.size > 0);
    if (this.#mayRemoveChains && !busy) this.#programmer.removeChains();
  }

  #translate(policy: NetworkPolicy): Translation {
    const translation = this.#translator.translate(policy);
    this.#voice.translated(policy, translation);
    return translation;
  }
}
