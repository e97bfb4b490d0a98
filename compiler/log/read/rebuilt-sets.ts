import { SetTable, type SetShape } from "../../engines/azure-npm/kernel/set-table.js";
import type { IpSet, IpSetType } from "../../netfilter/tables.js";

/**
 * The sets as commands leave them. A member of a set whose creation was not logged makes the set, of the type that the member
 * tells, since a log may begin in the middle.
 */
export class RebuiltSets {
  readonly #table = new SetTable();
  readonly #readableNames = new Map<string, string>();

  /** What people call a set, logged before the command that creates it. */
  name(set: string, readableName: string): void {
    if (readableName !== "") this.#readableNames.set(set, readableName);
  }

  has(set: string): boolean {
    return this.#table.has(set);
  }

  /** `spec`: `nethash`, `setlist`, `hash:ip,port`, then possibly `maxelem N`. */
  create(set: string, spec: readonly string[]): void {
    const type = typeOf[spec[0] ?? ""];
    if (!type) return;
    const size = spec[1] === "maxelem" ? Number(spec[2]) : Number.NaN;
    this.#create(set, { type, ...(Number.isInteger(size) && size !== 65536 && { maxElements: size }) });
  }

  add(set: string, member: string): void {
    const isName = member.startsWith("azure-npm-");
    if (isName && !this.#table.has(member)) this.#create(member, { type: "hash:net" });
    if (!this.#table.has(set))
      this.#create(set, { type: isName ? "list:set" : member.includes(",") ? "hash:ip,port" : "hash:net" });
    this.#table.add(set, member);
  }

  remove(set: string, member: string): void {
    this.#table.remove(set, member);
  }

  flush(set: string): void {
    const members = this.#table.list().find(({ name }) => name === set)?.members ?? [];
    for (const member of members) this.#table.remove(set, member.replace(/ nomatch$/, ""));
  }

  destroy(set: string): void {
    if (this.#table.destroy(set) === 0) this.#readableNames.delete(set);
  }

  list(): readonly IpSet[] {
    return this.#table.list().map(({ name, type, maxElements, members }) => {
      const readableName = this.#readableNames.get(name);
      return {
        name,
        type,
        ...(maxElements !== undefined && { maxElements }),
        members,
        ...(readableName !== undefined && { readableName }),
      };
    });
  }

  #create(set: string, shape: SetShape): void {
    this.#table.create(set, shape, { readableName: "", origin: { kind: "engine", reason: "the log says so" } });
  }
}

const typeOf: Readonly<Record<string, IpSetType>> = {
  nethash: "hash:net",
  "hash:net": "hash:net",
  setlist: "list:set",
  "list:set": "list:set",
  "hash:ip,port": "hash:ip,port",
  "hash:ip": "hash:ip",
};
