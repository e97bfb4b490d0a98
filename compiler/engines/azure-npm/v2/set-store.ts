import type { IpSet } from "../../../netfilter/tables.js";
import { compareMembers, kernelMember, networkOf } from "../../../netfilter/set-members.js";
import type { Origin } from "../../../text/origin.js";
import type { Hashes } from "../hashes.js";
import type { SetMetadata } from "./sets.js";

/** One set in NPM's memory. */
export interface SetState {
  readonly metadata: SetMetadata;
  readonly kernelName: string;
  readonly origin: Origin;
  /** Member as NPM adds it (`10.0.0.4`, `10.0.0.4,TCP:80`, `10.0.0.0/8 nomatch`, or a kernel name) → who put it there. */
  readonly members: Map<string, string>;
  /** How many lists hold it. */
  lists: number;
  /** How many policies use it. */
  policies: number;
}

/** What one set has to be told at the next apply. */
export interface SetChange {
  readonly set: SetState;
  readonly added: readonly string[];
  readonly deleted: readonly string[];
}

/** Everything that is told to the kernel at one apply. */
export interface SetChanges {
  readonly changed: readonly SetChange[];
  readonly destroyed: readonly SetState[];
}

/**
 * The sets of a node, and what the kernel has not been told yet.
 * Source: Azure NPM cbd7560cf, npm/pkg/dataplane/ipsets/ipsetmanager.go.
 */
export class SetStore {
  readonly #hashes: Hashes;
  readonly #sets = new Map<string, SetState>();
  readonly #dirty = new Map<SetState, { added: Set<string>; deleted: Set<string> }>();
  #doomed = new Set<SetState>();

  constructor(hashes: Hashes) {
    this.#hashes = hashes;
  }

  kernelName(metadata: SetMetadata): string {
    return this.#sets.get(metadata.readableName)?.kernelName ?? `azure-npm-${this.#hashes.set(metadata.readableName)}`;
  }

  /** The set, created when it is not there; `origin` then says what for. */
  create(metadata: SetMetadata, origin: Origin): SetState {
    const known = this.#sets.get(metadata.readableName);
    if (known) return known;
    const kernelName = this.kernelName(metadata);
    const set: SetState = { metadata, kernelName, origin, members: new Map(), lists: 0, policies: 0 };
    this.#sets.set(metadata.readableName, set);
    // A set that only waits for its removal is there still: nothing new for the kernel but to keep it.
    for (const doomed of this.#doomed) if (doomed.kernelName === kernelName) this.#doomed.delete(doomed);
    this.#touch(set);
    return set;
  }

  /** An address that another owner put there stays, and belongs to the new owner from now on. */
  add(set: SetState, member: string, owner: string): void {
    const held = set.members.has(member);
    set.members.set(member, owner);
    if (held) return;
    const change = this.#touch(set);
    if (!change.deleted.delete(member)) change.added.add(member);
  }

  /** Does nothing when the member is not there or belongs to another owner by now. */
  remove(set: SetState, member: string, owner: string): void {
    if (set.members.get(member) !== owner) return;
    set.members.delete(member);
    const change = this.#touch(set);
    if (!change.added.delete(member)) change.deleted.add(member);
  }

  addToList(list: SetState, member: SetState): void {
    if (list.members.has(member.kernelName)) return;
    member.lists += 1;
    this.add(list, member.kernelName, member.kernelName);
  }

  removeFromList(list: SetState, member: SetState): void {
    if (!list.members.has(member.kernelName)) return;
    member.lists -= 1;
    this.remove(list, member.kernelName, member.kernelName);
  }

  find(metadata: SetMetadata): SetState | undefined {
    return this.#sets.get(metadata.readableName);
  }

  /** Takes a set away at the next apply. */
  destroy(set: SetState): void {
    this.#sets.delete(set.metadata.readableName);
    this.#dirty.delete(set);
    this.#doomed.add(set);
  }

  /** The periodic task: sets that are empty and that nothing refers to go at the next apply. */
  destroyUnused(): void {
    for (const set of this.#sets.values()) {
      if (set.members.size === 0 && set.lists === 0 && set.policies === 0) this.destroy(set);
    }
  }

  /** Tells the kernel what it does not know yet. */
  apply(): SetChanges {
    const changed = [...this.#dirty].map(([set, { added, deleted }]) => ({
      set,
      added: [...added],
      deleted: [...deleted],
    }));
    const destroyed = [...this.#doomed];
    this.#dirty.clear();
    this.#doomed = new Set();
    return { changed, destroyed };
  }

  /** What the kernel holds: the sets, and those that only wait for their removal. */
  kernelSets(): IpSet[] {
    const byName = new Map<string, { set: SetState; members: Map<string, string> }>();
    for (const set of [...this.#sets.values(), ...this.#doomed]) {
      // Two readable names with one kernel name are one set (possible with FNV).
      const found = byName.get(set.kernelName) ?? { set, members: new Map<string, string>() };
      byName.set(set.kernelName, found);
      for (const member of set.members.keys()) addKernelMember(found.members, member, set.metadata);
    }
    return [...byName.values()]
      .map(({ set, members }): IpSet => ({
        name: set.kernelName,
        type: set.metadata.type,
        ...(set.metadata.maxElements !== undefined && { maxElements: set.metadata.maxElements }),
        members: [...members.values()].sort(compareMembers),
        readableName: set.metadata.readableName,
        origin: set.origin,
      }))
      .sort((a, b) => byText(a.type, b.type) || byText(a.name, b.name));
  }

  #touch(set: SetState): { added: Set<string>; deleted: Set<string> } {
    let change = this.#dirty.get(set);
    if (!change) this.#dirty.set(set, (change = { added: new Set(), deleted: new Set() }));
    return change;
  }
}

/** Of two members that mean one network the first stays: the kernel refuses the second. */
function addKernelMember(members: Map<string, string>, member: string, metadata: SetMetadata): void {
  if (metadata.maxElements === undefined) {
    const text = kernelMember(member);
    members.set(text, text);
    return;
  }
  const network = networkOf(member);
  if (network !== undefined && !members.has(network)) members.set(network, kernelMember(member));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
