import type { Command } from "../../../netfilter/command.js";
import type { Origin } from "../../../text/origin.js";
import { mentions } from "../mentions.js";
import { entryRule, entryWords, type Entry } from "./entry.js";
import type { ExitStatus, FilterTable } from "./filter-table.js";

/** `iptables` as NPM v1 runs it, one process a rule. Every command goes to the table and into the record. */
export class Iptables {
  readonly #table: FilterTable;
  readonly #wait: readonly string[];
  readonly #record: (command: Command) => void;

  /** `wait`: the words that make iptables wait for its lock: none, `-w`, or `-w 60`. */
  constructor(table: FilterTable, wait: readonly string[], record: (command: Command) => void) {
    this.#table = table;
    this.#wait = wait;
    this.#record = record;
  }

  newChain(chain: string, origin: Origin): ExitStatus {
    this.#run("-N", chain);
    return this.#table.newChain(chain, origin);
  }

  flush(chain: string): ExitStatus {
    this.#run("-F", chain);
    return this.#table.flush(chain);
  }

  deleteChain(chain: string): ExitStatus {
    this.#run("-X", chain);
    return this.#table.deleteChain(chain);
  }

  check(entry: Entry): ExitStatus {
    this.#run("-C", entry.chain, entry);
    const rule = entryRule(entry);
    return rule ? this.#table.check(entry.chain, rule) : 2;
  }

  append(entry: Entry): ExitStatus {
    this.#run("-A", entry.chain, entry);
    const rule = entryRule(entry);
    return rule ? this.#table.append(entry.chain, rule) : 2;
  }

  /** `index` is 1-based; without it the rule comes first, and the command says no number. */
  insert(entry: Entry, index?: number): ExitStatus {
    this.#run("-I", entry.chain, entry, index);
    const rule = entryRule(entry);
    return rule ? this.#table.insert(entry.chain, rule, index) : 2;
  }

  remove(entry: Entry): ExitStatus {
    this.#run("-D", entry.chain, entry);
    const rule = entryRule(entry);
    return rule ? this.#table.remove(entry.chain, rule) : 2;
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

  #run(operation: string, chain: string, entry?: Entry, index?: number): void {
    const wait = this.#wait;
    this.#record({
      get words() {
        const place = index === undefined ? [] : [`${index}`];
        return ["iptables", ...wait, operation, chain, ...place, ...(entry ? entryWords(entry) : [])];
      },
    });
  }
}
