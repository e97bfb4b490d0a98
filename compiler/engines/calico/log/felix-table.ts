import type { TableName } from "../../../netfilter/tables.js";
import type { FelixChain } from "../felix/rule.js";
import { goString } from "./go-text.js";
import type { FelixWriter, Fields } from "./felix-writer.js";

/** A table as Felix keeps it: chains that it was told of, and how many rules lead to each. Source: Calico a0db560f0520, felix/iptables/table.go; felix v3.3.1, iptables/table.go. */
export class FelixTable {
  readonly #name: TableName;
  readonly #writer: FelixWriter;
  readonly #known = new Map<string, FelixChain>();
  readonly #users = new Map<string, number>();
  #isRead = false;

  constructor(name: TableName, writer: FelixWriter) {
    this.#name = name;
    this.#writer = writer;
  }

  /** A rule in a built-in chain leads to a chain. */
  hook(chain: string): void {
    if (this.#writer.voice.references !== "none") this.#use(chain);
  }

  update(chain: FelixChain): void {
    this.#writer.say("chainQueued", this.#fields(chain.name));
    const before = this.#known.get(chain.name);
    if (this.#counts(chain.name)) {
      for (const name of targetsOf(chain)) this.#use(name);
      if (before) for (const name of targetsOf(before)) this.#release(name);
    }
    this.#known.set(chain.name, chain);
    if (this.#isForced(chain) && !this.#isForced(before)) this.hook(chain.name);
    this.#distrust("chain update");
  }

  remove(name: string): void {
    const chain = this.#known.get(name);
    if (!chain) return;
    this.#writer.say("chainDeletionMisspelt", this.#fields(name));
    this.#writer.say("chainDeletion", this.#fields(name));
    if (this.#counts(name)) for (const target of targetsOf(chain)) this.#release(target);
    this.#known.delete(name);
    if (this.#isForced(chain) && this.#writer.voice.references !== "none") this.#release(name);
    this.#distrust("chain removal");
  }

  /** Wanted by the filter table though nothing leads to it. */
  #isForced(chain: FelixChain | undefined): boolean {
    return this.#name === "filter" && chain?.forced === true;
  }

  /** Before it is written, a table is read unless nothing changed. */
  read(): void {
    if (!this.#isRead) this.#writer.say("tableLoaded", this.#place);
    this.#isRead = true;
  }

  get #place(): Fields {
    return { ipVersion: "0x4", table: goString(this.#name) };
  }

  #fields(chain: string): Fields {
    return { chainName: goString(chain), ...this.#place };
  }

  #distrust(reason: string): void {
    if (this.#isRead && this.#writer.voice.saysReads) {
      this.#writer.say("tableInvalidated", { ...this.#place, reason: goString(reason) });
      this.#isRead = false;
    }
  }

  #counts(chain: string): boolean {
    const { references } = this.#writer.voice;
    return references === "known" || (references === "reached" && this.#users.has(chain));
  }

  #use(name: string): void {
    const users = this.#users.get(name) ?? 0;
    this.#users.set(name, users + 1);
    if (users > 0) return;
    this.#writer.say("chainReferenced", this.#referenceFields(name));
    if (this.#writer.voice.references === "reached") {
      for (const target of targetsOf(this.#known.get(name))) this.#use(target);
    }
  }

  #release(name: string): void {
    const users = this.#users.get(name) ?? 0;
    if (users > 1) {
      this.#users.set(name, users - 1);
      return;
    }
    this.#writer.say("chainUnreferenced", this.#referenceFields(name));
    if (this.#writer.voice.references === "reached") {
      for (const target of targetsOf(this.#known.get(name))) this.#release(target);
    }
    this.#users.delete(name);
  }

  #referenceFields(chain: string): Fields {
    return this.#writer.voice.references === "reached" ? this.#fields(chain) : { chainName: goString(chain) };
  }
}

/** Calico's chains that a chain leads to, once for each rule. */
function targetsOf(chain: FelixChain | undefined): readonly string[] {
  return (chain?.rules ?? []).flatMap(({ action }) => {
    const target = action?.target;
    const leads = target && (target.kind === "jump" || target.kind === "goto") && target.to.startsWith("cali-");
    return leads ? [target.to] : [];
  });
}
