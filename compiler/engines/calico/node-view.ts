import { maskedCidr, parseCidr, wholeBlock } from "../../model/cidr.js";
import type { Pod } from "../../model/objects.js";
import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { EngineOptions } from "../engine.js";
import { plainAddress } from "./plain-address.js";
import type { NodeInterface } from "../specification.js";
import type { NodeView } from "./settings.js";

/** What AKS calls the pods' ends of interfaces. Source: Azure CNI cbd7560cf, transparent mode. */
const aksPrefix = "azv";

/** An interface with an address, as in AKS's default network, where nobody says what a node has. */
const usualInterfaces: readonly NodeInterface[] = [
  { name: "eth0", addresses: ["10.224.0.62"], networks: ["10.224.0.62/32"] },
];

/** A node as the options describe it; its name is "" where they do not say. */
export function nodeView(options: EngineOptions): {
  readonly node: NodeView;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const prefixes = (options.interfacePrefix ?? aksPrefix).split(",").map((prefix) => prefix.trim());
  const invalid = prefixes.filter((prefix) => !/^[A-Za-z0-9_-]{1,15}$/.test(prefix));
  if (invalid.length > 0)
    diagnostics.push(diagnostic("interface-prefix-invalid", { text: options.interfacePrefix ?? "" }));
  const own = options.hostInterfaces ? hostInterfaces(options.hostInterfaces, diagnostics) : usualInterfaces;
  const node: NodeView = {
    name: options.node ?? "",
    interfacePrefixes: prefixes,
    interfaces: podInterfaces(options.interfaces ?? [], diagnostics),
    ipvs: own.some(({ name }) => name === "kube-ipvs0"),
    hostInterfaces: own,
  };
  return { node, diagnostics };
}

function podInterfaces(written: readonly string[], diagnostics: Diagnostic[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const text of written) {
    const [, pod, name] = /^([^/=\s]+\/[^/=\s]+)=(\S+)$/.exec(text) ?? [];
    if (pod === undefined || name === undefined || !isInterfaceName(name))
      diagnostics.push(diagnostic("interface-invalid", { text }));
    else found.set(pod, name);
  }
  return found;
}

function hostInterfaces(written: readonly string[], diagnostics: Diagnostic[]): readonly NodeInterface[] {
  const found = new Map<string, { readonly addresses: string[]; readonly networks: string[] }>();
  for (const text of written) {
    const [, name, block] = /^([^=\s]+)=(\S+)$/.exec(text) ?? [];
    const whole = block === undefined ? "" : wholeBlock(block);
    if (name === undefined || !isInterfaceName(name) || !parseCidr(whole)) {
      diagnostics.push(diagnostic("host-interface-invalid", { text }));
      continue;
    }
    const its = found.get(name) ?? { addresses: [], networks: [] };
    its.addresses.push(plainAddress(whole.replace(/\/.*/, "")));
    its.networks.push(maskedCidr(whole));
    found.set(name, its);
  }
  return [...found].map(([name, its]) => ({ name, ...its }));
}

/** What the kernel takes for the name of an interface. */
function isInterfaceName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,15}$/.test(name);
}

/** The nodes that pods run on, by name. */
export function nodesOf(pods: Iterable<Pod>): readonly string[] {
  return [...new Set([...pods].flatMap(({ nodeName }) => (nodeName === "" ? [] : [nodeName])))].toSorted();
}
