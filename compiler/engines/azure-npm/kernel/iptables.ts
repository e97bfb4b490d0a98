import type { Command } from "../../../netfilter/command.js";
import type { Origin } from "../../../text/origin.js";
import { mentions } from "../mentions.js";
import { entryRule, entryWords, type Entry } from "./entry.js";
import type { ExitStatus, FilterTable } from "./filter-table.js";

/** A command that ran, and how it came out. */
export interface IptablesRun {
  readonly operation: "-N" | "-F" | "-X" | "-C" | "-A" | "-I" | "-D";
  readonly chain: string;
  readonly entry?: Entry;
  readonly words: readonly string[];
  readonly status: ExitStatus;
}

/** `iptables` as NPM v1 runs it, one process a rule. Every command goes to the table and into the record. */
export class Iptables {
  readonly #table: FilterTable;
  readonly #wait: readonly string[];
  readonly #record: (command: Command) => void;
  readonly #ran: (run: IptablesRun) => void;

  /**
   * `wait`: the words that make iptables wait for its lock: none, `-w`, or `-w 60`. `ran` hears of each command that
   * changes or checks something, after it came out.
   */
  constructor(
    table: FilterTable,
    wait: readonly string[],
    record: (command: Command) => void,
    ran: (run: IptablesRun) => void = () => undefined,
  ) {
    this.#table = table;
    this.#wait = wait;
    this.#record = record;
    this.#ran = ran;
  }

  newChain(chain: string, origin: Origin): ExitStatus {
    return this.#run("-N", chain, () => this.#table.newChain(chain, origin));
  }

  flush(chain: string): ExitStatus {
    return this.#run("-F", chain, () => this.#table.flush(chain));
  }

  deleteChain(chain: string): ExitStatus {
    return this.#run("-X", chain, () => this.#table.deleteChain(chain));
  }

  check(entry: Entry): ExitStatus {
    return this.#run("-C", entry.chain, () => this.foresee(entry), entry);
  }

  /** What `check` would answer; no command runs. */
  foresee(entry: Entry): ExitStatus {
    const rule = entryRule(entry);
    return rule ? this.#table.check(entry.chain, rule) : 2;
  }

  append(entry: Entry): ExitStatus {
    const rule = entryRule(entry);
    const carryOut = () => (rule ? this.#table.append(entry.chain, rule) : 2);
    return this.#run("-A", entry.chain, carryOut, entry);
  }

  /** `index` is 1-based; without it the rule comes first, and the command says no number. */
  insert(entry: Entry, index?: number): ExitStatus {
    const rule = entryRule(entry);
    const carryOut = () => (rule ? this.#table.insert(entry.chain, rule, index) : 2);
    return this.#run("-I", entry.chain, carryOut, entry, index);
  }

  remove(entry: Entry): ExitStatus {
    const rule = entryRule(entry);
    const carryOut = () => (rule ? this.#table.remove(entry.chain, rule) : 2);
    return this.#run("-D", entry.chain, carryOut, entry);
  }

  /** 1-based line of the first rule in FORWARD that mentions the text, 0 if none does. */
  lineOf(text: string): number {
    const words = ["iptables", "-t", "filter", "-n", "--list", "FORWARD", "--line-numbers"];
    this.#record({ words, pipedTo: ["grep", text] });
    return this.#table.rules("FORWARD").findIndex((rule) => mentions(rule, text)) + 1;
  }

  /** Every chain of NPM's that is there. */
  ownChains(): string[] {
    const words = ["iptables", ...this.#wait, "-t", "filter", "-n", "-L"];
    this.#record({ words, pipedTo: ["grep", "Chain AZURE-NPM"] });
    return this.#table
      .list()
      .map(({ name }) => name)
      .filter((name) => name.startsWith("AZURE-NPM"));
  }

  #run(
    operation: IptablesRun["operation"],
    chain: string,
    carryOut: () => ExitStatus,
    entry?: Entry,
    index?: number,
  ): ExitStatus {
    const wait = this.#wait;
    const command: Command = {
      get words() {
        const place = index === undefined ? [] : [`${index}`];
        return ["iptables", ...wait, operation, chain, ...place, ...(entry ? entryWords(entry) : [])];
      },
    };
    this.#record(command);
    const status = carryOut();
    this.#ran({
      operation,
      chain,
      status,
      ...(entry && { entry }),
      get words() {
        return command.words;
      },
    });
    return status;
  }
}
