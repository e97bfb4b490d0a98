import { kernelMember } from "../../../netfilter/set-members.js";
import type { SetChange, SetChanges, SetState } from "./set-store.js";

/**
 * What `ipset save` shows, for the releases that compare it with what they want. They compare texts, so that a member that
 * the kernel prints otherwise (`tcp:80`, a masked network) goes and comes back each time; they stop at an exception (`X
 * nomatch`); and the last line keeps its line end, so that its member goes and comes back, with an empty line behind.
 * Source: Azure NPM v1.4.23, npm/pkg/dataplane/ipsets/ipsetmanager_linux.go, updateDirtyKernelSets.
 */
export class SavedSets {
  /** By the kernel's index; a set takes the first that is free. */
  readonly #slots: (SavedSet | undefined)[] = [];
  readonly #byName = new Map<string, SavedSet>();
  /** What NPM wants in each set. */
  readonly #wanted = new Map<SetState, Set<string>>();
  /** Changes that nobody has asked about yet: working them out costs as much as the sets are large. */
  readonly #waiting: Waiting[] = [];
  #next = 0;

  /** The changes as NPM works them out from what is saved, which then takes them over: done when somebody asks, in order. */
  apply(changes: SetChanges): () => SetChange[] {
    const own: Waiting = { changes };
    this.#waiting.push(own);
    return () => {
      for (; !own.told; this.#next++) {
        const next = this.#waiting[this.#next]!;
        next.told = this.#carryOut(next.changes);
      }
      return own.told;
    };
  }

  #carryOut({ changed, destroyed }: SetChanges): SetChange[] {
    for (const change of changed) this.#want(change);
    const last = this.#last();
    const told = changed.map((change) => this.#difference(change, last));
    for (const { set, added, deleted } of told) {
      const saved = this.#byName.get(set.kernelName) ?? this.#create(set.kernelName, set.metadata.type === "list:set");
      for (const member of deleted) saved.members.delete(kernelMember(member.trimEnd()));
      for (const member of added) saved.members.add(kernelMember(member));
    }
    for (const { kernelName } of destroyed) this.#destroy(kernelName);
    return told;
  }

  #want({ set, added, deleted }: SetChange): void {
    let wanted = this.#wanted.get(set);
    if (!wanted) this.#wanted.set(set, (wanted = new Set()));
    for (const member of deleted) wanted.delete(member);
    for (const member of added) wanted.add(member);
  }

  #difference({ set }: SetChange, last: SavedSet | undefined): SetChange {
    const saved = this.#byName.get(set.kernelName);
    const wanted = new Set(this.#wanted.get(set));
    // A set whose `create` ends the text is not seen.
    if (!saved || (saved === last && saved.members.size === 0)) return { set, added: [...wanted], deleted: [] };
    const deleted: string[] = [];
    let left = saved.members.size;
    for (const member of saved.members) {
      left -= 1;
      if (member.endsWith(" nomatch")) break;
      const read = saved === last && left === 0 ? `${member}\n` : member;
      if (!wanted.delete(read)) deleted.push(read);
    }
    return { set, added: [...wanted], deleted };
  }

  /** Lists come behind all other sets. */
  #last(): SavedSet | undefined {
    const sets = this.#slots.filter((set) => set !== undefined);
    return sets.findLast(({ isList }) => isList) ?? sets.at(-1);
  }

  #create(name: string, isList: boolean): SavedSet {
    const set: SavedSet = { isList, members: new Set() };
    const free = this.#slots.indexOf(undefined);
    this.#slots[free < 0 ? this.#slots.length : free] = set;
    this.#byName.set(name, set);
    return set;
  }

  #destroy(name: string): void {
    const set = this.#byName.get(name);
    if (!set) return;
    this.#byName.delete(name);
    this.#slots[this.#slots.indexOf(set)] = undefined;
  }
}

interface Waiting {
  readonly changes: SetChanges;
  told?: SetChange[];
}

interface SavedSet {
  readonly isList: boolean;
  /** As the kernel prints them; a list in the order of addition. */
  readonly members: Set<string>;
}
