import { formatLocation } from "../../text/source.js";
import type { DriftReport } from "./compare-node.js";
import type { DriftFinding } from "./finding.js";

/** For people: findings by policy, in the order of names, then what is no policy's, then notes. */
export function formatDrift({ findings, machine, version, flavour, guessed }: DriftReport): string {
  const drift = findings.filter(({ severity }) => severity === "drift");
  const notes = findings.filter(({ severity }) => severity === "note");
  const { generation, release } = machine;
  const node = `${generation} (${release}), ${flavour}${version === 6 ? ", IPv6" : ""}${guessed ? ", as its rules say" : ""}`;
  const verdict = drift.length === 0 ? "the node is what it should be" : plural(drift.length, "finding");
  const policies = [...new Set(drift.flatMap(({ policy }) => policy ?? []))].sort();
  return [
    `${verdict}: ${node}; ${plural(notes.length, "note")}`,
    ...policies.flatMap((policy) =>
      section(
        policy,
        drift.filter((finding) => finding.policy === policy),
      ),
    ),
    ...section(
      "no policy's",
      drift.filter(({ policy }) => policy === undefined),
    ),
    ...section("notes: no packet fares otherwise", notes),
    "",
  ].join("\n");
}

function section(title: string, findings: readonly DriftFinding[]): string[] {
  return findings.length === 0 ? [] : ["", title, ...findings.flatMap(lines)];
}

function lines({ code, message, policy, usedBy = [], origin, missingRules, unexpectedRules }: DriftFinding): string[] {
  const place = origin?.kind === "field" ? ` [${formatLocation(origin.location)}]` : "";
  const users = policy === undefined && usedBy.length > 0 ? `; used by ${capped(usedBy, 3).join(", ")}` : "";
  return [
    `  ${code}: ${message}${users}${place}`,
    ...capped(missingRules ?? [], maxLines).map((rule) => `    - ${rule}`),
    ...capped(unexpectedRules ?? [], maxLines).map((rule) => `    + ${rule}`),
  ];
}

/** What is more than this is counted; `-o json` has all. */
const maxLines = 10;

function capped(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `and ${items.length - most} more`];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
