import type { Chain, Tables } from "../../netfilter/tables.js";
import type { RuleEntry } from "./entry-text.js";
import type { LogEvent } from "./event.js";
import { RebuiltChains } from "./rebuilt-chains.js";
import { RebuiltSets } from "./rebuilt-sets.js";
import { ruleOfWords } from "./rule-of-words.js";

/** What keeps the rules or the sets of a log from being complete. */
export type Gap =
  /** NPM v2 feeds iptables-restore and ipset restore, whose input it does not log. */
  | "rules-not-logged"
  /** Up to v1.0.22 the commands that change members are blank lines. */
  | "members-not-logged"
  /** Calico logs what changed, not the rules. */
  | "changes-without-rules"
  /** The log names chains, rules or sets that it did not create: it begins after NPM did. */
  | "starts-late";

/**
 * The tables as a log tells them. A change counts when nothing speaks against it: before v1.0.35 NPM says after each intent
 * whether the rule was there, and a command that fails is followed by its error. So the last change waits for what comes next.
 */
export class Rebuild {
  readonly #chains: RebuiltChains;
  readonly #sets = new RebuiltSets();
  #waiting: Waiting | undefined;
  /** Time stamps with nothing behind them, in a row. */
  #blanks = 0;
  #sawCommand = false;
  #sawBlank = false;
  #sawV2 = false;
  #sawUnknown = false;
  #sawChanges = false;
  /** NPM makes its chains, up to v1.0.22 without a word on each. */
  #isSettingUp = false;

  constructor(existing: readonly Chain[] = []) {
    this.#chains = new RebuiltChains(existing);
  }

  take({ said, text, cutOff }: LogEvent): void {
    if (said.kind === "blank") {
      this.#sawBlank = true;
      this.#blanks += 1;
      // Taking out all chains prints nothing else: the jump, and each chain flushed, then deleted.
      if (this.#blanks === blanksOfRemoval) this.#removeOwnChains();
      return;
    }
    this.#blanks = 0;
    if (cutOff && !isClosed(text)) return;
    switch (said.kind) {
      case "command":
        this.#sawCommand = true;
        return this.#command(said.program, said.words);
      case "rule":
        return this.#rule(said.state, said.entry);
      case "set":
        this.#carryOut();
        this.#sets.name(said.entry.name, said.entry.readableName);
        this.#sets.create(said.entry.name, said.entry.spec);
        return;
      case "start":
        if (text.startsWith("starting NPM version 2")) this.#sawV2 = true;
        return;
      case "change":
        this.#sawChanges = true;
        return;
      case "error":
        return this.#error(said.error.code, text);
      default:
        if (text.startsWith("Initializing AZURE-NPM chains")) this.#isSettingUp = true;
        return;
    }
  }

  tables(): Tables {
    this.#carryOut();
    return { chains: this.#chains.list(), sets: this.#sets.list() };
  }

  gaps(): readonly Gap[] {
    const gaps: Gap[] = [];
    if (this.#sawV2) gaps.push("rules-not-logged");
    if (this.#sawChanges) gaps.push("changes-without-rules");
    if (this.#sawBlank && !this.#sawCommand) gaps.push("members-not-logged");
    if (this.#sawUnknown && !this.#sawV2) gaps.push("starts-late");
    return gaps;
  }

  #command(program: "iptables" | "ipset", all: readonly string[]): void {
    if (program === "ipset") {
      this.#carryOut();
      const [operation, ...words] = all.filter((word) => word !== "-exist");
      this.#waiting = { kind: "command", text: all.join(" "), carryOut: () => this.#ipset(operation, words) };
      return;
    }
    const words = withoutWait(all);
    const [operation = "", chain = ""] = words;
    if (words.includes("-t") || operation === "-C" || operation === "-L") return;
    const waiting = this.#waiting;
    // The command that carries out what was announced.
    if (waiting?.kind === "rule" && isSameRule(waiting.entry, chain, words.slice(2))) this.#waiting = undefined;
    this.#carryOut();
    this.#waiting = { kind: "command", text: all.join(" "), carryOut: () => this.#iptables(words) };
  }

  #rule(state: "adding" | "deleting" | "exists" | "missing", entry: RuleEntry): void {
    const announced =
      this.#waiting?.kind === "rule" && isSameEntry(this.#waiting.entry, entry) ? this.#waiting : undefined;
    if (this.#isSettingUp || (!announced && state === "missing" && entry.chain === "FORWARD")) this.#createBase(entry);
    switch (state) {
      case "adding":
      case "deleting":
        this.#carryOut();
        this.#waiting = { kind: "rule", state, entry };
        return;
      case "exists":
        if (announced?.state === "adding") this.#waiting = undefined;
        return;
      case "missing":
        if (announced?.state === "adding") return;
        if (announced) {
          this.#waiting = undefined;
          return;
        }
        this.#carryOut();
        // Not announced: a rule that NPM makes for itself when it sets up its chains.
        this.#waiting = { kind: "rule", state: "adding", entry, isBase: true };
    }
  }

  #error(code: string, text: string): void {
    const waiting = this.#waiting;
    if (!waiting || code === "telemetry") return;
    if (waiting.kind === "command") {
      if (text.includes(`${waiting.text}]`)) this.#waiting = undefined;
    } else if (code !== "rule-check") {
      // The check itself failed: iptables does not understand the rule, and NPM gives up.
      if (/running command/.test(text) && !text.includes(" -C ")) this.#waiting = undefined;
      else if (/applying iptables rule|apply iptables rule/.test(text)) this.#waiting = undefined;
    }
  }

  #carryOut(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (!waiting) return;
    if (waiting.kind === "command") waiting.carryOut();
    else if (waiting.state === "deleting") this.#remove(waiting.entry.chain, waiting.entry.words);
    else if (waiting.isBase) this.#addBaseRule(waiting.entry);
    else this.#add(waiting.entry);
  }

  #remove(chain: string, words: readonly string[]): void {
    const removed = this.#chains.remove(chain, ruleOfWords(words));
    this.#sawUnknown ||= !removed;
  }

  #add({ chain, words, isJump }: RuleEntry): void {
    this.#sawUnknown ||= !this.#chains.has(chain);
    const place = /^\d+$/.test(words[0] ?? "") ? Number(words[0]) : undefined;
    const rule = ruleOfWords(place === undefined ? words : words.slice(1));
    if (place !== undefined) this.#chains.insert(chain, rule, place);
    else if (isJump) this.#chains.append(chain, rule);
    else this.#chains.insert(chain, rule, 1);
  }

  #createBase({ namesCommand }: RuleEntry): void {
    this.#isSettingUp = false;
    if (this.#sawCommand) return;
    for (const name of namesCommand ? chains2019 : chains2018) this.#chains.create(name);
  }

  /** Source: Azure NPM v1.0.13 and 313878e8c, npm/iptm/iptm.go, InitNpmChains. */
  #addBaseRule(entry: RuleEntry): void {
    const { chain, words } = entry;
    const goesFirst = chain === "FORWARD" || words.includes("--state");
    if (goesFirst) this.#chains.insert(chain, ruleOfWords(words), 1);
    else this.#chains.append(chain, ruleOfWords(words));
  }

  #iptables([operation, chain = "", ...words]: readonly string[]): void {
    switch (operation) {
      case "-N":
        return this.#chains.create(chain);
      case "-F":
        return this.#chains.flush(chain);
      case "-X":
        return this.#chains.delete(chain);
      case "-A":
        this.#sawUnknown ||= !this.#chains.has(chain);
        return this.#chains.append(chain, ruleOfWords(words));
      case "-D":
        return this.#remove(chain, words);
      case "-I": {
        this.#sawUnknown ||= !this.#chains.has(chain);
        const place = /^\d+$/.test(words[0] ?? "") ? Number(words[0]) : undefined;
        return this.#chains.insert(chain, ruleOfWords(place === undefined ? words : words.slice(1)), place ?? 1);
      }
      default:
        return;
    }
  }

  #ipset(operation: string | undefined, [set = "", ...words]: readonly string[]): void {
    switch (operation) {
      case "-N":
        return this.#sets.create(set, words);
      case "-A":
        this.#sawUnknown ||= !this.#sets.has(set);
        return this.#sets.add(set, words.join(" "));
      case "-D":
        return this.#sets.remove(set, words.join(" "));
      case "-X":
        return this.#sets.destroy(set);
      case "-F":
        return this.#sets.flush(set);
      default:
        return;
    }
  }

  #removeOwnChains(): void {
    this.#carryOut();
    this.#chains.remove("FORWARD", ruleOfWords(["-j", "AZURE-NPM"]));
    for (const name of this.#chains.own()) this.#chains.flush(name);
    for (const name of this.#chains.own()) this.#chains.delete(name);
  }
}

type Waiting =
  | {
      readonly kind: "rule";
      readonly state: "adding" | "deleting";
      readonly entry: RuleEntry;
      readonly isBase?: true;
    }
  | { readonly kind: "command"; readonly text: string; readonly carryOut: () => void };

/** Of v1.0.9 to v1.0.17: 1 jump and 6 chains twice. Later ones print 17. */
const blanksOfRemoval = 13;

const chains2018 = [
  "AZURE-NPM",
  "AZURE-NPM-INGRESS-PORT",
  "AZURE-NPM-INGRESS-FROM",
  "AZURE-NPM-EGRESS-PORT",
  "AZURE-NPM-EGRESS-TO",
  "AZURE-NPM-TARGET-SETS",
];
const chains2019 = chains2018.flatMap((name) => (/FROM|TO$/.test(name) ? [`${name}-NS`, `${name}-POD`] : [name]));

/** `-w` and its seconds stand first. */
function withoutWait(words: readonly string[]): readonly string[] {
  if (words[0] !== "-w") return words;
  return words.slice(/^\d+$/.test(words[1] ?? "") ? 2 : 1);
}

function isSameEntry(a: RuleEntry, b: RuleEntry): boolean {
  return isSameRule(a, b.chain, b.words);
}

/** A command may say a place, too. */
function isSameRule({ chain, words }: RuleEntry, otherChain: string, others: readonly string[]): boolean {
  if (chain !== otherChain) return false;
  const text = words.join(" ");
  return others.join(" ") === text || others.slice(1).join(" ") === text;
}

/** A cut-off line says something all the same if its brackets are closed. */
function isClosed(text: string): boolean {
  return /[\]}]\.?$/.test(text);
}
