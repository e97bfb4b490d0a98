import type { RuleEntry, SetEntry } from "./entry-text.js";
import type { NpmError } from "./npm-errors.js";

/** What a line of a log says. */
export type Said =
  /** A program was run; `words` without its name. */
  | { readonly kind: "command"; readonly program: "iptables" | "ipset"; readonly words: readonly string[] }
  /** NPM is about to add or to delete a rule, or found out whether it is there. */
  | { readonly kind: "rule"; readonly state: "adding" | "deleting" | "exists" | "missing"; readonly entry: RuleEntry }
  | { readonly kind: "set"; readonly entry: SetEntry }
  /** Something became, or ceased to be, a member of a set, by the set's readable name. */
  | {
      readonly kind: "member";
      readonly action: "added" | "removed";
      readonly member: string;
      readonly set: string;
    }
  /** NPM heard of an object; `object` is `namespace/name`, or a namespace's name, and absent where the log leaves it out. */
  | {
      readonly kind: "object";
      readonly action: "created" | "updated" | "deleted" | "ignored" | "synced";
      readonly objectKind: "Namespace" | "Pod" | "NetworkPolicy";
      readonly object?: string;
    }
  /** Something that the engine was told of, or programs, under the name that it logs. */
  | {
      readonly kind: "change";
      readonly action: "updated" | "removed";
      readonly what: "policy" | "profile" | "endpoint" | "host endpoint" | "chain" | "set";
      readonly name: string;
    }
  /** NPM starts, or says what it runs as. */
  | { readonly kind: "start"; readonly release?: string; readonly kubernetes?: string }
  /** A time stamp with nothing behind it: the output of a command, up to v1.0.22. */
  | { readonly kind: "blank" }
  /** A step of NPM's work, without a change. */
  | { readonly kind: "step" }
  | { readonly kind: "error"; readonly error: NpmError }
  /** Not a line of NPM's that anpm knows. */
  | { readonly kind: "unknown" };
