import { printable } from "../../text/printable.js";
import { longestCommonOrder } from "../../netfilter/longest-common-order.js";
import { printIpsetSave } from "../../netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "../../netfilter/print-iptables-save.js";
import type { Tables } from "../../netfilter/tables.js";
import { iptablesOf } from "../../netfilter/versions.js";
import type { IpVersion } from "../../text/ip-version.js";
import type { Difference } from "../diff.js";

/** A unified diff of what `anpm compile` prints of both versions, a file each: iptables-save or ip6tables-save, ipset-save. Empty where they are equal. */
export function formatUnified({
  before,
  after,
  ipVersion,
}: Pick<Difference, "before" | "after" | "ipVersion">): string {
  const [old, young] = [textsOf(before.result.tables, ipVersion), textsOf(after.result.tables, ipVersion)];
  const labels = [before.label, after.label].map(printable);
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((name) => {
      const hunks = hunksOf(linesOf(old.get(name) ?? ""), linesOf(young.get(name) ?? ""));
      const head = `--- ${old.has(name) ? `a/${name}` : "/dev/null"}\t${labels[0]!}\n+++ ${young.has(name) ? `b/${name}` : "/dev/null"}\t${labels[1]!}\n`;
      return hunks.length === 0 ? "" : `${head}${hunks.map((line) => `${line}\n`).join("")}`;
    })
    .join("");
}

function textsOf(tables: Tables, ipVersion: IpVersion): ReadonlyMap<string, string> {
  const save = `${iptablesOf(ipVersion)}-save`;
  return new Map([
    [save, printIptablesSave(tables)],
    ...(tables.others ?? []).map((table) => [`${save}.${table.name}`, printOtherTable(table)] as const),
    ["ipset-save", printIpsetSave(tables.sets)],
  ]);
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.slice(0, -1).split("\n");
}

/** A line of the diff; `old` and `young` count the lines of either text in front of it. */
interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
  readonly old: number;
  readonly young: number;
}

const context = 3;

function hunksOf(before: readonly string[], after: readonly string[]): readonly string[] {
  const lines = diffLines(before, after);
  const changed = lines.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  const hunks: [first: number, end: number][] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    const [first, end] = [Math.max(index - context, 0), Math.min(index + context + 1, lines.length)];
    if (last && first <= last[1]) last[1] = end;
    else hunks.push([first, end]);
  }
  return hunks.flatMap(([first, end]) => {
    const hunk = lines.slice(first, end);
    const { old, young } = hunk[0]!;
    const oldRange = rangeOf(old, hunk.filter(({ mark }) => mark !== "+").length);
    const youngRange = rangeOf(young, hunk.filter(({ mark }) => mark !== "-").length);
    return [`@@ -${oldRange} +${youngRange} @@`, ...hunk.map(({ mark, text }) => `${mark}${text}`)];
  });
}

/** Of no lines, the place is the line in front of them. */
function rangeOf(linesInFront: number, count: number): string {
  const start = count === 0 ? linesInFront : linesInFront + 1;
  return count === 1 ? `${start}` : `${start},${count}`;
}

/** Between two lines that stay, what goes stands before what comes. */
function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [old, young] = [0, 0];
  const upTo = (oldEnd: number, youngEnd: number): void => {
    for (; old < oldEnd; old += 1) lines.push({ mark: "-", text: before[old]!, old, young });
    for (; young < youngEnd; young += 1) lines.push({ mark: "+", text: after[young]!, old, young });
  };
  for (const [oldIndex, youngIndex] of longestCommonOrder(before, after)) {
    upTo(oldIndex, youngIndex);
    lines.push({ mark: " ", text: before[oldIndex]!, old, young });
    [old, young] = [oldIndex + 1, youngIndex + 1];
  }
  upTo(before.length, after.length);
  return lines;
}
