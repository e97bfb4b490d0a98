import type { NetworkPolicy } from "../../../model/objects.js";
import { keyOf } from "../../../model/objects.js";
import { specOf } from "../same-spec.js";
import type { Programmer } from "./programmer.js";
import type { PolicyEntry, Translation } from "./translation.js";
import type { Translator } from "./translator.js";
import type { PolicyTask, V1Voice } from "./voices/voice.js";

/**
 * Policies since they wait in a queue: one that NPM can't carry out goes back into it, and is tried again after 5 ms, 10 ms, and so on, every
 * 16 minutes and 40 seconds in the end. Source: Azure NPM v1.4.7 and v1.4.12, npm/networkPolicyController.go; both were run.
 */
export class PolicyQueue {
  readonly #translator: Translator;
  readonly #programmer: Programmer;
  readonly #takesBack: boolean;
  readonly #voice: V1Voice;
  /** As the API server has them. */
  readonly #stored = new Map<string, NetworkPolicy>();
  /** Those that NPM has begun to carry out; what it did of them, it finds by translating them again. */
  readonly #begun = new Map<string, NetworkPolicy>();
  /** Keys of policies that come, change or go, and could not be done yet. */
  readonly #unfinished = new Set<string>();

  /** `takesBack`: a policy that was begun is taken back, and begun anew; else it counts for done when it comes up again. */
  constructor(translator: Translator, programmer: Programmer, takesBack: boolean, voice: V1Voice) {
    this.#translator = translator;
    this.#programmer = programmer;
    this.#takesBack = takesBack;
    this.#voice = voice;
  }

  apply(policy: NetworkPolicy): void {
    const key = keyOf(policy);
    const isUpdate = this.#stored.has(key);
    this.#stored.set(key, policy);
    if (!isUpdate || !this.#isBegun(key)) this.#sync(key);
  }

  delete(key: string): void {
    if (this.#stored.delete(key)) this.#sync(key);
  }

  /** What is left to do is tried until that changes nothing any more. */
  retry(): void {
    for (let key = this.#nextOfUse(); key !== undefined; key = this.#nextOfUse()) this.#sync(key);
  }

  #sync(key: string): void {
    const failure = this.#try(key);
    if (failure) {
      this.#unfinished.add(key);
      this.#voice.requeuing(key, failure.task, failure.entry);
    } else {
      this.#unfinished.delete(key);
      this.#voice.synced("NetworkPolicy", key);
    }
  }

  /** What it was about, and the rule at which it ended; undefined when all is done. */
  #try(key: string): { readonly task: PolicyTask; readonly entry: PolicyEntry } | undefined {
    const [before, policy] = [this.#begun.get(key), this.#stored.get(key)];
    if (!policy && before) this.#voice.heardOfPolicy("DELETE", before);
    if (!this.#takesBack && this.#isBegun(key)) return undefined;
    if (before) {
      const entry = this.#programmer.remove(this.#translate(before));
      if (entry) return { task: policy ? "update" : "delete", entry };
      this.#begun.delete(key);
      if (!policy && this.#begun.size === 0) this.#programmer.removeChains();
    }
    if (!policy) return undefined;
    this.#programmer.ensureChains();
    this.#begun.set(key, policy);
    const entry = this.#programmer.add(this.#translate(policy), () => true);
    return entry && { task: "add", entry };
  }

  /** The policy as it is stored. */
  #isBegun(key: string): boolean {
    const [before, policy] = [this.#begun.get(key), this.#stored.get(key)];
    return before !== undefined && policy !== undefined && specOf(before) === specOf(policy);
  }

  #nextOfUse(): string | undefined {
    return [...this.#unfinished].find((key) => {
      if (!this.#takesBack && this.#isBegun(key)) return true;
      return this.#programmer.canRemove(this.#translator.translate(this.#begun.get(key)!));
    });
  }

  #translate(policy: NetworkPolicy): Translation {
    const translation = this.#translator.translate(policy);
    this.#voice.translated(policy, translation);
    return translation;
  }
}
