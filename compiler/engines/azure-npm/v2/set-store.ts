import type { IpSet } from "../../../netfilter/tables.js";
import { compareMembers, kernelMember, networkOf } from "../../../netfilter/set-members.js";
import { defaultMaxElements } from "../../../netfilter/print-ipset-save.js";
import { diagnostic, type Diagnostic } from "../../../text/diagnostic.js";
import type { Origin } from "../../../text/origin.js";
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
  readonly #sets = new Map<string, SetState>();
  #dirty = new Map<SetState, PendingChange>();
  #doomed = new Set<SetState>();
  /** Members that the kernel never got. */
  readonly #lost = new Map<SetState, Set<string>>();

  /** The set, created when it is not there; `origin` then says what for. */
  create(metadata: SetMetadata, origin: Origin): SetState {
    const known = this.#sets.get(metadata.readableName);
    if (known) return known;
    const { kernelName } = metadata;
    const set: SetState = { metadata, kernelName, origin, members: new Map(), lists: 0, policies: 0 };
    this.#sets.set(metadata.readableName, set);
    // A set that only waits for its removal is there still: nothing new for the kernel but to keep it.
    for (const doomed of this.#doomed) if (doomed.kernelName === kernelName) this.#doomed.delete(doomed);
    this.#touch(set);
    return set;
  }

  /** An address that another owner put there stays, and belongs to the new owner from now on. */
  add(set: SetState, member: string, owner: string): void {
    const count = set.members.size;
    set.members.set(member, owner);
    if (set.members.size === count) return;
    const change = this.#touch(set);
    if (!withdraw(change.deleted, member)) change.added.push(member);
  }

  /** Does nothing when the member is not there or belongs to another owner by now. */
  remove(set: SetState, member: string, owner: string): void {
    if (set.members.get(member) !== owner) return;
    set.members.delete(member);
    const change = this.#touch(set);
    if (!withdraw(change.added, member)) change.deleted.push(member);
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

  /**
   * Sets that are empty and that nothing refers to go at the next apply: of a policy that is removed its own, in the periodic task all. How many
   * these are. Source: Azure NPM v1.5.0, npm/pkg/dataplane/dataplane.go, deleteIPSetsAndReferences; ipsets/ipsetmanager.go, Reconcile.
   */
  destroyUnused(sets: Iterable<SetState> = this.#sets.values()): number {
    const before = this.#sets.size;
    for (const set of sets) {
      if (set.members.size === 0 && set.lists === 0 && set.policies === 0) this.#destroy(set);
    }
    return before - this.#sets.size;
  }

  /** Readable names of the sets that go at the next apply. */
  get doomed(): string[] {
    return [...this.#doomed].map(({ metadata }) => metadata.readableName);
  }

  /** What the kernel does not know yet. */
  changes(): SetChanges {
    return { changed: [...this.#dirty.values()], destroyed: [...this.#doomed] };
  }

  /** The kernel knows everything now. */
  applied(): void {
    this.applyAllButRemovals();
    if (this.#doomed.size > 0) this.#doomed = new Set();
  }

  /** The same, but for the sets that go. */
  applyAllButRemovals(): void {
    this.#dirty = new Map();
  }

  /** A member that NPM believes in the kernel, and is not. */
  lose(set: SetState, member: string): void {
    const lost = this.#lost.get(set);
    if (lost) lost.add(member);
    else this.#lost.set(set, new Set([member]));
  }

  /** What the kernel holds: the sets, and those that only wait for their removal. */
  kernelSets(): IpSet[] {
    const sets = this.#byKernelName().map((its) => kernelSet(its, this.#lost));
    return sets.sort((a, b) => byText(a.type, b.type) || byText(a.name, b.name));
  }

  /** Sets that do not hold what their names say. */
  diagnostics(): Diagnostic[] {
    return this.#byKernelName().flatMap((sets) => {
      const { metadata, members, kernelName, origin } = sets[0]!;
      const where = origin.kind === "field" ? origin : {};
      const found: Diagnostic[] = [];
      if (sets.length > 1) {
        const names = sets.map(({ metadata: { readableName } }) => readableName).join(" and ");
        found.push(diagnostic("npm-shares-set", { names, kernelName }, where));
      }
      if (members.size > maxMembers(metadata)) {
        const parameters = { name: metadata.readableName, count: members.size, max: maxMembers(metadata) };
        found.push(diagnostic("npm-set-full", parameters, where));
      }
      return found;
    });
  }

  /** Until it goes, the kernel's set keeps the members that it has. */
  #destroy(set: SetState): void {
    this.#sets.delete(set.metadata.readableName);
    for (const member of this.#dirty.get(set)?.deleted ?? []) set.members.set(member, "");
    this.#dirty.delete(set);
    this.#doomed.add(set);
  }

  #byKernelName(): readonly (readonly SetState[])[] {
    const byName = new Map<string, SetState[]>();
    for (const set of [...this.#sets.values(), ...this.#doomed]) {
      const others = byName.get(set.kernelName);
      if (others) others.push(set);
      else byName.set(set.kernelName, [set]);
    }
    return [...byName.values()];
  }

  #touch(set: SetState): PendingChange {
    let change = this.#dirty.get(set);
    if (!change) this.#dirty.set(set, (change = { set, added: [], deleted: [] }));
    return change;
  }
}

/** A change that still grows. */
interface PendingChange extends SetChange {
  readonly added: string[];
  readonly deleted: string[];
}

/** Takes a member out of a list; false when it is not there. */
function withdraw(members: string[], member: string): boolean {
  const index = members.indexOf(member);
  if (index >= 0) members.splice(index, 1);
  return index >= 0;
}

/** Several readable names with one kernel name are one set (possible with FNV); the first says what it is. */
function kernelSet(sets: readonly SetState[], lost: ReadonlyMap<SetState, ReadonlySet<string>>): IpSet {
  const { metadata, kernelName, origin } = sets[0]!;
  const { readableName, type, maxElements } = metadata;
  const plain = sets.length === 1 && maxElements === undefined && !lost.has(sets[0]!);
  const simple = plain && sets[0]!.members.size <= maxMembers(metadata);
  const members = simple ? sets[0]!.members.keys() : [...distinctMembers(sets, lost)].slice(0, maxMembers(metadata));
  return {
    name: kernelName,
    type,
    ...(maxElements !== undefined && { maxElements }),
    members: Array.from(members, kernelMember).sort(compareMembers),
    readableName,
    origin,
  };
}

/** The kernel takes no further member ("Hash is full"); a list has no limit. */
function maxMembers({ type, maxElements }: SetMetadata): number {
  return type === "list:set" ? Infinity : (maxElements ?? defaultMaxElements);
}

/** Of two members that mean one network the first stays: the kernel refuses the second, and what is no network. */
function distinctMembers(
  sets: readonly SetState[],
  lost: ReadonlyMap<SetState, ReadonlySet<string>>,
): Iterable<string> {
  const byMeaning = new Map<string, string>();
  for (const set of sets) {
    const { metadata, members } = set;
    const missing = lost.get(set);
    for (const member of members.keys()) {
      if (missing?.has(member)) continue;
      const meaning = metadata.maxElements === undefined ? kernelMember(member) : networkOf(member);
      if (meaning !== undefined && !byMeaning.has(meaning)) byMeaning.set(meaning, member);
    }
  }
  return byMeaning.values();
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
