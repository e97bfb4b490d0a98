import type { Command } from "../../../netfilter/command.js";
import type { ExitStatus, SetPurpose, SetShape, SetTable } from "./set-table.js";

/** `ipset` as NPM v1 runs it, one process a set or member. Every command goes to the table and into the record. */
export class Ipset {
  readonly #table: SetTable;
  readonly #record: (command: Command) => void;

  constructor(table: SetTable, record: (command: Command) => void) {
    this.#table = table;
    this.#record = record;
  }

  list(): void {
    this.#record({ words: ["ipset", "list"] });
  }

  create(name: string, shape: SetShape, purpose: SetPurpose): ExitStatus {
    const size = shape.maxElements === undefined ? [] : ["maxelem", `${shape.maxElements}`];
    this.#run("-N", name, programType[shape.type], ...size);
    return this.#table.create(name, shape, purpose);
  }

  /** `10.0.0.0/8 nomatch` is two words. */
  add(name: string, member: string): ExitStatus {
    this.#run("-A", name, ...member.split(" "));
    return this.#table.add(name, member);
  }

  remove(name: string, member: string): ExitStatus {
    this.#run("-D", name, member);
    return this.#table.remove(name, member);
  }

  destroy(name: string): ExitStatus {
    this.#run("-X", name);
    return this.#table.destroy(name);
  }

  #run(operation: string, ...rest: readonly string[]): void {
    this.#record({ words: ["ipset", operation, "-exist", ...rest] });
  }
}

const programType = {
  "hash:net": "nethash",
  "list:set": "setlist",
  "hash:ip,port": "hash:ip,port",
  "hash:ip": "hash:ip",
} as const;
