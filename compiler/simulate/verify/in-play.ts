import { chainsOf } from "../../netfilter/owned.js";
import { walkedTables } from "../courses.js";
import { protocolName } from "../../netfilter/protocols.js";
import type { Match } from "../../netfilter/tables.js";
import { icmpNumber, usualCircumstances, type Circumstances, type OtherProtocol } from "../circumstances.js";
import type { Cluster } from "../cluster.js";
import type { TracedTables } from "../trace.js";

/**
 * Circumstances under which rules or policies may decide differently, one for each way to decide: a source port of every stretch between
 * those that are spoken of, and every protocol and message of ICMP that is spoken of, with one that is not, and with another code where one is
 * spoken of. Each is in one of them at least, since a source port is nothing to protocols without ports. Kubernetes's specification asks for none of it,
 * and rules for it leave nothing unknown.
 */
export function circumstancesInPlay({ tiered, version }: Cluster, tables: TracedTables): readonly Circumstances[] {
  if (!tiered) return [{}];
  // The first port of each stretch between borders, but for the usual one, which stands for its own.
  const ports = new Set<number>([1]);
  const border = (first: number, last: number): void => {
    for (const port of [first, last + 1]) if (port >= 0 && port <= 65535) ports.add(port);
  };
  const spoken = new Map<string, OtherProtocol>();
  const speak = (other: OtherProtocol): void => void spoken.set(JSON.stringify(other), other);
  const icmp = icmpNumber[version];
  const ofIcmp = (type: number, code: number | undefined): void => {
    speak({ number: icmp, icmp: { type, code: code ?? 0 } });
    if (code !== undefined) speak({ number: icmp, icmp: { type, code: (code + 1) % 256 } });
  };
  const speakOf = (number: number | undefined): void => {
    if (number === undefined || withPorts.has(number)) return;
    speak(number === icmp ? { number, icmp: { type: unspokenMessage, code: 0 } } : { number });
  };
  speak(usualCircumstances[version].other);

  for (const rule of tiered.rules()) {
    for (const { first, last } of rule.source.ranges) border(first, last);
    for (const number of [rule.protocol, rule.notProtocol]) if (number !== undefined) speakOf(number);
    for (const its of [rule.icmp, rule.notIcmp]) if (its) ofIcmp(its.type, its.code);
  }
  const matches = walkedTables.flatMap((table) =>
    chainsOf(tables, table).flatMap(({ rules }) => rules.flatMap((rule) => rule.matches)),
  );
  const sets = new Map(tables.sets.map((set) => [set.name, set.members]));
  for (const match of matches) {
    if (match.kind === "multiport" && match.side === "source")
      for (const { first, last } of match.ranges) border(first, last);
    if (match.kind === "set" && match.flags.endsWith(",src")) {
      for (const port of (sets.get(match.set) ?? []).map((member) => Number(member.split(":")[1]))) border(port, port);
    }
    if (match.kind === "protocol") speakOf(numberOf(match));
    if (match.kind === "icmp") ofIcmp(match.type, match.code);
  }
  const unspoken = [253, 254, 47].find((number) => ![...spoken.values()].some((each) => each.number === number))!;
  speak({ number: unspoken });
  return zipped(separate([...ports].sort((a, b) => a - b)), [...spoken.values()]);
}

/** They have ports. */
const withPorts: ReadonlySet<number | undefined> = new Set([6, 17, 132, undefined]);

/** A message of ICMP or ICMPv6 that hardly anybody speaks of. */
const unspokenMessage = 13;

function numberOf({ protocol }: Match & { kind: "protocol" }): number | undefined {
  for (let number = 0; number < 256; number += 1) {
    if (protocolName(number) === protocol || `${number}` === protocol) return number;
  }
  return undefined;
}

/** One port of each stretch, the usual one first. */
function separate(ports: readonly number[]): readonly number[] {
  const { sourcePort } = usualCircumstances[4];
  return [sourcePort, ...ports.filter((port, index) => port > sourcePort || (ports[index + 1] ?? 65536) <= sourcePort)];
}

function zipped(ports: readonly number[], others: readonly OtherProtocol[]): readonly Circumstances[] {
  const count = Math.max(ports.length, others.length);
  return Array.from({ length: count }, (_, index) => ({
    sourcePort: ports[index] ?? ports[0]!,
    other: others[index] ?? others[0]!,
    translated: false,
  }));
}
