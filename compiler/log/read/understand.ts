import { understandFelix } from "./felix-messages.js";
import { failureOf, followsError, type Message } from "./message.js";
import { messages } from "./messages.js";
import { npmErrorOf } from "./npm-errors.js";
import type { LogRecord } from "./record.js";
import type { Said } from "./said.js";

/** What a record says, and how many of the lines that follow its first belong to that. */
export interface Understood {
  readonly said: Said;
  readonly lines: number;
}

/** Understands a record by its text. */
export function understand(record: LogRecord): Understood {
  const { text, writer, rest } = record;
  if (writer === "none") return { said: understandPlain(text), lines: 0 };
  if (writer === "calico") return { said: understandFelix(record), lines: rest.length };
  if (text === "") return { said: { kind: "blank" }, lines: 0 };
  for (const message of byFirstWord.get(firstWord(text)) ?? []) {
    if (!text.startsWith(message.starts)) continue;
    const said = message.read(text.slice(message.starts.length), record);
    if (said) return { said, lines: message.follow && rest.length > 0 ? message.follow(rest, text) : 0 };
  }
  if (!isFailure(record)) return { said: { kind: "unknown" }, lines: 0 };
  return { said: failureOf(record), lines: followsError(rest, text) };
}

/** A line without a header: the output of a program, or the end of a process. */
export function understandPlain(text: string): Said {
  if (text === "" || text === "[]" || stackFrame.test(text) || heading.test(text)) return { kind: "step" };
  if (/^(?:panic|fatal error|Error): |^goroutine \d+ \[/.test(text)) return { kind: "error", error: npmErrorOf(text) };
  return { kind: "unknown" };
}

/** What `tail` writes above each of several files, and `anpm replay -o log` above each step. */
const heading = /^==> .* <==$/;

/** Lines of Go's stack traces. */
const stackFrame =
  /^\t(?:\/|<)|^(?:runtime|main|github\.com|k8s\.io|golang\.org|net|sync|reflect|os)[\w/-]*\.[\w./*()-]+(?:\(.*\))?$|^created by |^exit status \d+$/;

function isFailure({ severity, text }: LogRecord): boolean {
  if (severity === "E" || severity === "F" || severity === "W") return true;
  return failing.test(text);
}

const failing =
  /\b(?:[Ee]rror|[Ff]ailed|[Ff]ailure|[Ww]arning|panic|[Cc]annot|Timeout|recovered|not found|could not)\b|^Chain (?:already|doesn't) exist|AppInsights didn't/;

function firstWord(text: string): string {
  const space = text.indexOf(" ");
  return space < 0 ? text : text.slice(0, space);
}

const byFirstWord = new Map<string, Message[]>();
for (const message of messages) {
  const word = firstWord(message.starts);
  const found = byFirstWord.get(word);
  if (found) found.push(message);
  else byFirstWord.set(word, [message]);
}
