import type { NetworkPolicy } from "../../../model/objects.js";
import { lowerPolicy } from "../../../pairs/lower-policy.js";
import type { Reading } from "../../../pairs/reading.js";
import { passesOverBothSelectors } from "../server-version.js";
import type { SetManager } from "../set-manager.js";
import type { V1Generation } from "./generation.js";
import { translate } from "./translate.js";
import { translateMerged } from "./translate-merged.js";
import type { Translation } from "./translation.js";

/** Policies as a release understands and translates them, beside an API server of a version. */
export class Translator {
  readonly reading: Reading;
  readonly #generation: V1Generation;
  readonly #sets: SetManager;

  constructor(generation: V1Generation, kubernetesMinor: number, sets: SetManager) {
    const old = passesOverBothSelectors(kubernetesMinor);
    this.reading = old ? { ...generation.reading, bothSelectors: "ignored" } : generation.reading;
    this.#generation = { ...generation, reading: this.reading };
    this.#sets = sets;
  }

  translate(policy: NetworkPolicy): Translation {
    const pairs = lowerPolicy(policy, this.reading);
    const write = this.#generation.chains === "merged" ? translateMerged : translate;
    return write(pairs, this.#generation, (set) => this.#sets.kernelName(set));
  }
}
