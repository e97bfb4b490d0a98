import { printRule } from "./print-rule.js";
import type { Chain, Tables } from "./tables.js";

/** The filter table as `iptables-save -t filter` prints it, comment lines left out: the same text in both flavours. */
export function printIptablesSave(tables: Pick<Tables, "chains">): string {
  const lines = ["*filter"];
  for (const chain of tables.chains) lines.push(printChainHeader(chain));
  for (const chain of tables.chains) {
    const start = `-A ${chain.name}`;
    for (const rule of chain.rules) {
      const text = printRule(rule);
      lines.push(text === "" ? start : `${start} ${text}`);
    }
  }
  lines.push("COMMIT", "");
  return lines.join("\n");
}

/** `:NAME POLICY [0:0]`; to iptables-restore, the order to create a chain of one's own or to empty it. */
export function printChainHeader(chain: Pick<Chain, "name" | "policy">): string {
  return `:${chain.name} ${chain.policy ?? "-"} [0:0]`;
}
