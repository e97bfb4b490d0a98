import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  azureNpm,
  drift,
  flavourOfDump,
  formatDrift,
  nodeStateOf,
  parseIpsetSave,
  parseIptablesSave,
} from "../compiler/index.js";

/** A folder of golden/drift/: `manifests.yaml`, the dumps `node.rules` and `node.sets`, and the `report` of what drifted. */
export interface DriftCase {
  readonly name: string;
  readonly folder: string;
}

/** The cases, by name. */
export function readDriftCases(golden = "golden/drift"): readonly DriftCase[] {
  return readdirSync(golden)
    .toSorted()
    .map((name) => ({ name, folder: join(golden, name) }));
}

/** File name → text of what is written into the folder of a case. */
export function driftFiles({ folder }: DriftCase): ReadonlyMap<string, string> {
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const rules = read("node.rules");
  const flavour = flavourOfDump(rules);
  const dump = { chains: parseIptablesSave(rules).chains, ...(flavour && { flavour }) };
  const { chainPrefix } = azureNpm.configure({}).machine!.ownership;
  const node = nodeStateOf([dump], parseIpsetSave(read("node.sets")), chainPrefix);
  const { report } = drift([{ name: "manifests.yaml", text: read("manifests.yaml") }], node);
  return new Map([["report", formatDrift(report!)]]);
}
