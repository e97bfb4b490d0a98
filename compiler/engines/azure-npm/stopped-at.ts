import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import { isForeign, isUnread, type Entry } from "./kernel/entry.js";
import { formatRelease, type Release } from "./release.js";

/** That NPM gave a policy up at a rule which iptables does not understand. */
export function stoppedAt(entry: Entry, release: Release): Diagnostic {
  const parameters = { what: reasonOf(entry), release: formatRelease(release) };
  const { origin } = entry;
  if (origin.kind === "engine") return diagnostic("npm-stops-at-rule", parameters);
  const { object, field, location } = origin;
  return diagnostic("npm-stops-at-rule", parameters, { object, field, location });
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
