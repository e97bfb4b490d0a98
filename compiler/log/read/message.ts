import { parseRuleEntry, parseSetEntry, wordsOf } from "./entry-text.js";
import { npmErrorOf } from "./npm-errors.js";
import type { LogRecord } from "./record.js";
import type { Said } from "./said.js";

/** One message of NPM's. */
export interface Message {
  /** The text begins so; its first word is whole. */
  readonly starts: string;
  /** What is said, by the rest of the line; undefined if it is another message after all. */
  readonly read: (rest: string, record: LogRecord) => Said | undefined;
  /** How many of the lines that follow belong to the message. */
  readonly follow?: (lines: readonly string[], text: string) => number;
}

type ObjectSaid = Said & { readonly kind: "object" };

/** Messages that tell of no change. */
export function steps(...starts: readonly string[]): readonly Message[] {
  return starts.map((one) => ({ starts: one, read: () => ({ kind: "step" }) }));
}

export function command(starts: string, program: "iptables" | "ipset", pattern: RegExp): Message {
  return {
    starts,
    read: (rest) => {
      const found = pattern.exec(rest);
      return found ? { kind: "command", program, words: wordsOf(found[1]!) } : undefined;
    },
  };
}

export function rule(starts: string, state: (Said & { readonly kind: "rule" })["state"]): Message {
  return {
    starts,
    read: (rest) => {
      const entry = parseRuleEntry(rest);
      return entry && { kind: "rule", state, entry };
    },
  };
}

export function set(starts: string): Message {
  return {
    starts,
    read: (rest) => {
      const entry = parseSetEntry(rest);
      return entry && { kind: "set", entry };
    },
  };
}

/** `pattern` finds the member and the set. */
export function member(starts: string, action: "added" | "removed", pattern: RegExp): Message {
  return {
    starts,
    read: (rest) => {
      const found = pattern.exec(rest);
      return found ? { kind: "member", action, member: found[1]!, set: found[2]! } : undefined;
    },
  };
}

/** Each of `patterns` may find a group `ns` and a group `name`, in the rest of the line or the line that follows. */
export function object(
  starts: string,
  action: ObjectSaid["action"],
  objectKind: ObjectSaid["objectKind"],
  patterns: readonly RegExp[],
  follow?: Message["follow"],
): Message {
  return {
    starts,
    read: (rest, record) => {
      const next = record.rest[0] ?? "";
      for (const pattern of patterns) {
        const groups = (pattern.exec(rest) ?? pattern.exec(next))?.groups;
        if (groups) return { kind: "object", action, objectKind, object: nameOf(groups) };
      }
      return { kind: "object", action, objectKind };
    },
    ...(follow && { follow }),
  };
}

export function start(starts: string, pattern: RegExp): Message {
  return {
    starts,
    read: (rest) => {
      const { release, kubernetes } = pattern.exec(rest)?.groups ?? {};
      return { kind: "start", ...(release && { release }), ...(kubernetes && { kubernetes }) };
    },
  };
}

export function failure(starts: string, follow: Message["follow"] = followsError): Message {
  return { starts, read: (_, record) => failureOf(record), follow };
}

/** The error that a record tells of. */
export function failureOf({ text, rest }: LogRecord): Said {
  return { kind: "error", error: npmErrorOf([text, ...rest.slice(0, 40)].join("\n")) };
}

/** What a program wrote, which NPM prints in brackets, the file it was fed, and the rule or member in question. */
export function followsError(lines: readonly string[], text: string): number {
  const counted = followsWhile(
    /^$|^Try `ip|^# Warning|^ip6?tables|^ipset|^\]|^Used file:|^-[A-Z] |^[*:]\w|^COMMIT|^Arguments:\[|^\.? ?(?:Rule|Entry|rule): ?&\{|^&\{/,
  )(lines);
  if (counted > 0 || !/Stderr: \[/.test(text) || /\]\.?$/.test(text)) return counted;
  return lines.findIndex((line) => /\](?:: exit status \d+)?\.?$/.test(line)) + 1;
}

/** The lines up to the first that does not match. */
export function followsWhile(pattern: RegExp): (lines: readonly string[]) => number {
  return (lines) => {
    const end = lines.findIndex((line) => !pattern.test(line));
    return end < 0 ? lines.length : end;
  };
}

/** Go's print of an object, whose annotations may have line ends, goes on to the last line that closes it. */
export function followsObject(lines: readonly string[]): number {
  return lines.findLastIndex((line) => /[}\]][.,]?$/.test(line)) + 1;
}

/** NPM v1 writes `ns-` before the name of a namespace since v1.0.23. */
function nameOf({ ns, name }: Readonly<Record<string, string | undefined>>): string {
  return [ns?.replace(/^ns-/, ""), name].filter((part) => part !== undefined).join("/");
}
