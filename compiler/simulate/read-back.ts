import { parseIpsetSave } from "../netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../netfilter/parse-iptables-save.js";
import { printIpsetSave } from "../netfilter/print-ipset-save.js";
import { printIptablesSave, printOtherTable } from "../netfilter/print-iptables-save.js";
import type { Tables } from "../netfilter/tables.js";
import type { TracedTables } from "./trace.js";

/** Tables of one version of IP as a reader of their text sees them: a referee reads what was printed, not what was meant. */
export function readBack(tables: Tables): TracedTables {
  const { chains, problems } = parseIptablesSave(printIptablesSave(tables));
  const { sets, problems: more, others } = parseIpsetSave(printIpsetSave(tables.sets));
  const problem = problems[0] ?? more[0];
  if (problem) throw new Error(`line ${problem.line} of the printed tables: ${problem.message}`);
  if (others[0]) throw new Error(`a set of another type: ${others[0].name}`);
  const written = (tables.others ?? []).map(printOtherTable).join("");
  const { others: parsed, problems: wrong } = parseIptablesSave(written, ["raw", "mangle", "nat"]);
  if (wrong[0]) throw new Error(`line ${wrong[0].line} of other printed tables: ${wrong[0].message}`);
  return {
    chains,
    sets,
    ...(tables.others && { others: parsed }),
    ...(tables.natChains && { natChains: tables.natChains }),
    ...(tables.interfaces && { interfaces: tables.interfaces }),
  };
}
