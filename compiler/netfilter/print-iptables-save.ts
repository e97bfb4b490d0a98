import { pushRule } from "./print-rule.js";
import type { Chain, OtherTable, Tables } from "./tables.js";
import { TextWriter } from "./text-writer.js";

/** The filter table as `iptables-save -t filter` prints it, comment lines left out: the same text in both flavours. */
export function printIptablesSave(tables: Pick<Tables, "chains">): string {
  return `*filter\n${printChains(tables.chains)}COMMIT\n`;
}

/** One of the other tables, as `iptables-save -t NAME` prints it. */
export function printOtherTable({ name, chains }: OtherTable): string {
  return `*${name}\n${printChains(chains)}COMMIT\n`;
}

/** Headers of all chains, `:NAME POLICY [0:0]`, then their rules. To iptables-restore, a header of a chain of one's own
 *  is the order to create it or to empty it. */
export function printChains(chains: readonly Chain[]): string {
  const writer = new TextWriter();
  for (const chain of chains) writer.pieces.push(":", chain.name, " ", chain.policy ?? "-", " [0:0]\n");
  for (const chain of chains) {
    const start = `-A ${chain.name}`;
    for (const rule of chain.rules) {
      const { pieces } = writer;
      pieces.push(start);
      pushRule(pieces, rule);
      pieces.push("\n");
    }
  }
  return writer.toString();
}
