import type { Origin } from "../../text/origin.js";
import type { Hashes } from "./hashes.js";
import { shapeWords, type Ipset } from "./kernel/ipset.js";
import type { SetShape } from "./kernel/set-table.js";
import { silence, type V1Voice } from "./v1/voices/voice.js";

/** How a release with the v1 data plane keeps its sets. */
export interface SetHabits {
  /**
   * A member knows whose it is, and only its owner takes it out; a set without members is destroyed; ipset's exit status 1
   * counts for success. Since v1.1.x; before, the first error ends the event.
   */
  readonly membersHaveOwners: boolean;
  /** A list is told from a set before a member is added or removed, and outlives the policies that are counted on it. */
  readonly listsAreCounted: boolean;
}

/**
 * What NPM v1 remembers of its sets, by their readable names. Methods answer whether NPM goes on with the event.
 * Source: Azure NPM v1.0.30 and v1.4.9, npm/ipsm/ipsm.go.
 */
export class SetManager {
  readonly #ipset: Ipset;
  readonly #hashes: Hashes;
  readonly #habits: SetHabits;
  readonly #voice: V1Voice;
  /** Set → member → owner. */
  readonly #sets = new Map<string, Map<string, string>>();
  readonly #lists = new Map<string, { readonly members: Set<string>; policies: number }>();
  readonly #kernelNames = new Map<string, string>();

  constructor(ipset: Ipset, hashes: Hashes, habits: SetHabits, voice: V1Voice = silence) {
    this.#ipset = ipset;
    this.#hashes = hashes;
    this.#habits = habits;
    this.#voice = voice;
  }

  kernelName(readableName: string): string {
    let name = this.#kernelNames.get(readableName);
    if (name === undefined) {
      name = `azure-npm-${this.#hashes.set(readableName)}`;
      this.#kernelNames.set(readableName, name);
    }
    return name;
  }

  createSet(name: string, origin: Origin, shape: SetShape = { type: "hash:net" }): boolean {
    if (this.#sets.has(name)) return true;
    this.#voice.creatingSet(name, this.kernelName(name), shapeWords(shape));
    const status = this.#ipset.create(this.kernelName(name), shape, { readableName: name, origin });
    if (!this.#passes(status)) return false;
    this.#sets.set(name, new Map());
    return true;
  }

  createList(name: string, origin: Origin): boolean {
    if (this.#lists.has(name)) return true;
    this.#voice.creatingList(name, this.kernelName(name));
    const status = this.#ipset.create(this.kernelName(name), { type: "list:set" }, { readableName: name, origin });
    if (!this.#passes(status)) return false;
    this.#lists.set(name, { members: new Set(), policies: 0 });
    return true;
  }

  addToList(list: string, member: string, origin: Origin): boolean {
    if (list === member) return true;
    if (this.#habits.listsAreCounted) {
      if (!this.#sets.has(member) && !this.#lists.has(member)) return false;
      if (this.#sets.has(list)) return false;
    }
    if (this.#lists.get(list)?.members.has(member)) return true;
    if (!this.createList(list, origin)) return false;
    const status = this.#ipset.add(this.kernelName(list), this.kernelName(member));
    if (!this.#passes(status)) {
      this.#voice.couldNotJoinList(this.kernelName(list), this.kernelName(member));
      return false;
    }
    this.#lists.get(list)!.members.add(member);
    return true;
  }

  removeFromList(list: string, member: string): boolean {
    if (this.#habits.listsAreCounted) {
      if (!this.#sets.has(member) && !this.#lists.has(member)) return true;
      if (this.#sets.has(list)) return true;
    }
    const found = this.#lists.get(list);
    if (!found) return true;
    const status = this.#ipset.remove(this.kernelName(list), this.kernelName(member));
    if (status !== 0 && this.#habits.membersHaveOwners) return false;
    found.members.delete(member);
    if (found.members.size === 0) this.destroyList(list);
    return true;
  }

  /** `member` as ipset is told: `10.0.0.4`, `10.0.0.4,TCP:80`, `10.0.0.0/8 nomatch`. `owner` is "" for blocks. */
  addToSet(name: string, member: string, owner: string, origin: Origin, shape?: SetShape): boolean {
    const known = this.#sets.get(name);
    if (known?.has(member)) {
      if (this.#habits.membersHaveOwners) known.set(member, owner);
      return true;
    }
    if (!(this.#habits.listsAreCounted && this.#lists.has(name)) && !this.createSet(name, origin, shape)) return false;
    const status = this.#ipset.add(this.kernelName(name), member);
    if (!this.#passes(status)) return false;
    // An exception is remembered without its word, so that it is added again each time.
    this.#sets.get(name)?.set(member.replace(/ nomatch$/, ""), owner);
    return true;
  }

  removeFromSet(name: string, member: string, owner: string): boolean {
    const known = this.#sets.get(name);
    if (!known) return true;
    const held = known.get(member);
    if (this.#habits.membersHaveOwners && held !== undefined && held !== owner) return true;
    if (!this.#habits.membersHaveOwners) known.delete(member);
    const status = this.#ipset.remove(this.kernelName(name), member);
    if (status !== 0) return this.#habits.membersHaveOwners;
    known.delete(member);
    if (this.#habits.membersHaveOwners && known.size === 0) this.destroySet(name);
    return true;
  }

  /** Stays when the kernel says that a rule or a list needs it. */
  destroySet(name: string): void {
    const known = this.#sets.get(name);
    if (!known) return;
    if (!this.#habits.membersHaveOwners && known.size > 0) return;
    if (this.#ipset.destroy(this.kernelName(name)) === 0) this.#sets.delete(name);
    else this.#voice.keptSet(name);
  }

  destroyList(name: string): void {
    const found = this.#lists.get(name);
    if (found && found.policies > 0) {
      found.policies -= 1;
      return;
    }
    if (!found) return;
    if (this.#ipset.destroy(this.kernelName(name)) === 0) this.#lists.delete(name);
    else this.#voice.keptList(name);
  }

  /** A policy uses the list. */
  countPolicy(list: string): void {
    const found = this.#lists.get(list);
    if (found) found.policies += 1;
  }

  #passes(status: 0 | 1): boolean {
    return status === 0 || this.#habits.membersHaveOwners;
  }
}
