import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { isForeign, isUnread, type Entry } from "./kernel/entry.js";
import { formatRelease, type Release } from "./release.js";

/** That NPM gave a policy up at a rule which iptables does not understand. */
export function stoppedAt(entry: Entry, release: Release): Diagnostic {
  return diagnostic("npm-stops-at-rule", { what: reasonOf(entry), release: formatRelease(release) }, whereOf(entry));
}

/** That a rule names a set which is not there yet, and NPM tries again until it is. */
export function waitsAt(entry: Entry, release: Release): Diagnostic {
  return diagnostic("npm-waits-for-set", { release: formatRelease(release) }, whereOf(entry));
}

function whereOf({ origin }: Entry) {
  if (origin.kind === "engine") return {};
  const { object, field, location } = origin;
  return { object, field, location };
}

function reasonOf({ matches, garbled }: Entry): string {
  if (garbled) return "a rule that it has written over with another one, its selector having five requirements or more";
  for (const match of matches) {
    if (match.kind === "port-name") return `port ${match.name}, a name that /etc/services does not know`;
    if (match.kind === "address" && isForeign(match.network)) return `${match.network}, which is IPv6`;
    if (match.kind === "address" && isUnread(match.network)) return `${match.network}, in which a number is not octal`;
  }
  return "a rule whose set or chain is not there";
}
