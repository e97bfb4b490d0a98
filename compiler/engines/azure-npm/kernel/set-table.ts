import { compareMembers, kernelMember, networkOf } from "../../../netfilter/set-members.js";
import type { IpSet, IpSetType } from "../../../netfilter/tables.js";
import type { Origin } from "../../../text/origin.js";

/** What a set is for, told with the command that creates it. */
export interface SetPurpose {
  readonly readableName: string;
  readonly origin: Origin;
}

export interface SetShape {
  readonly type: IpSetType;
  readonly maxElements?: number;
}

/** 0, or 1 where the command fails. */
export type ExitStatus = 0 | 1;

/** The kernel's ipsets, and how `ipset -exist` commands come out. Source: ipset 7.17 and the kernel of the vectors. */
export class SetTable {
  readonly #sets = new Map<string, KernelSet>();

  has(name: string): boolean {
    return this.#sets.has(name);
  }

  create(name: string, shape: SetShape, purpose: SetPurpose): ExitStatus {
    const known = this.#sets.get(name);
    if (known) return known.shape.type === shape.type && known.shape.maxElements === shape.maxElements ? 0 : 1;
    this.#sets.set(name, { name, shape, purpose, members: new Map(), references: 0 });
    return 0;
  }

  /** A member that is there stays; only that it is excepted (`nomatch`) or not follows the newer command. */
  add(name: string, member: string): ExitStatus {
    const set = this.#sets.get(name);
    if (!set) return 1;
    if (set.shape.type === "list:set") {
      const held = this.#sets.get(member);
      if (!held || held.shape.type === "list:set") return 1;
      if (!set.members.has(member)) held.references += 1;
      set.members.set(member, member);
      return 0;
    }
    const key = keyOfMember(set, member);
    if (key === undefined) return 1;
    set.members.set(key, set.shape.type === "hash:net" ? kernelMember(member) : key);
    return 0;
  }

  remove(name: string, member: string): ExitStatus {
    const set = this.#sets.get(name);
    if (!set) return 1;
    if (set.shape.type === "list:set") {
      const held = this.#sets.get(member);
      if (!held) return 1;
      if (set.members.delete(member)) held.references -= 1;
      return 0;
    }
    const key = keyOfMember(set, member);
    if (key === undefined) return 1;
    set.members.delete(key);
    return 0;
  }

  /** Fails while a rule or a list refers to the set. */
  destroy(name: string): ExitStatus {
    const set = this.#sets.get(name);
    if (!set || set.references > 0) return 1;
    if (set.shape.type === "list:set") for (const member of set.members.keys()) this.refer(member, -1);
    this.#sets.delete(name);
    return 0;
  }

  /** A rule that matches the set came (1) or went (-1). */
  refer(name: string, change: 1 | -1): void {
    const set = this.#sets.get(name);
    if (set) set.references += change;
  }

  /** By kernel type, then name. */
  list(): IpSet[] {
    return [...this.#sets.values()]
      .map(({ name, shape, purpose, members }): IpSet => ({
        name,
        ...shape,
        members: [...members.values()].sort(compareMembers),
        ...purpose,
      }))
      .sort((a, b) => byText(a.type, b.type) || byText(a.name, b.name));
  }
}

interface KernelSet {
  readonly name: string;
  readonly shape: SetShape;
  readonly purpose: SetPurpose;
  /** What the kernel tells members apart by → the member as it prints it. */
  readonly members: Map<string, string>;
  /** Rules and lists. */
  references: number;
}

/** Undefined for what ipset refuses: IPv6, or a network of prefix length 0. A port without a protocol is one of TCP. */
function keyOfMember({ shape }: KernelSet, member: string): string | undefined {
  if (shape.type === "hash:net") return networkOf(member);
  const [address = "", port = ""] = member.split(",");
  if (address.includes(":")) return undefined;
  return kernelMember(port.includes(":") ? member : `${address},tcp:${port}`);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
