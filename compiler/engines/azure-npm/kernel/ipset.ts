import type { Command } from "../../../netfilter/command.js";
import type { ExitStatus, SetPurpose, SetShape, SetTable } from "./set-table.js";

/** A command that ran, and how it came out. */
export interface IpsetRun {
  readonly operation: "-N" | "-A" | "-D" | "-X";
  /** As NPM says it: `10.0.0.0/8 nomatch`. */
  readonly member?: string;
  readonly words: readonly string[];
  readonly status: ExitStatus;
}

/** `ipset` as NPM v1 runs it, one process a set or member. Every command goes to the table and into the record. */
export class Ipset {
  readonly #table: SetTable;
  readonly #record: (command: Command) => void;
  readonly #ran: (run: IpsetRun) => void;

  /** `ran` hears of each command except `list`, after it came out. */
  constructor(table: SetTable, record: (command: Command) => void, ran: (run: IpsetRun) => void = () => undefined) {
    this.#table = table;
    this.#record = record;
    this.#ran = ran;
  }

  list(): void {
    this.#record({ words: ["ipset", "list"] });
  }

  create(name: string, shape: SetShape, purpose: SetPurpose): ExitStatus {
    return this.#run("-N", name, shapeWords(shape), () => this.#table.create(name, shape, purpose));
  }

  /** `10.0.0.0/8 nomatch` is two words. */
  add(name: string, member: string): ExitStatus {
    return this.#run("-A", name, member.split(" "), () => this.#table.add(name, member), member);
  }

  remove(name: string, member: string): ExitStatus {
    return this.#run("-D", name, [member], () => this.#table.remove(name, member), member);
  }

  destroy(name: string): ExitStatus {
    return this.#run("-X", name, [], () => this.#table.destroy(name));
  }

  #run(
    operation: IpsetRun["operation"],
    name: string,
    rest: readonly string[],
    carryOut: () => ExitStatus,
    member?: string,
  ): ExitStatus {
    const words = ["ipset", operation, "-exist", name, ...rest];
    this.#record({ words });
    const status = carryOut();
    this.#ran({ operation, words, status, ...(member !== undefined && { member }) });
    return status;
  }
}

/** The words that create a set, behind its name: `nethash`, `maxelem`, `4294967295`. */
export function shapeWords({ type, maxElements }: SetShape): readonly string[] {
  return [programType[type], ...(maxElements === undefined ? [] : ["maxelem", `${maxElements}`])];
}

const programType = {
  "hash:net": "nethash",
  "list:set": "setlist",
  "hash:ip,port": "hash:ip,port",
  "hash:ip": "hash:ip",
} as const;
