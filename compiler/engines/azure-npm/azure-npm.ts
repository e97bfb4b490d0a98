import { diagnostic, type Diagnostic } from "../../text/diagnostic.js";
import type { Ownership } from "../../netfilter/ownership.js";
import type { Configured, Engine, EngineOptions, Machine, Node } from "../engine.js";
import { defaultGeneration, selectGeneration } from "./generations.js";
import { formatRelease } from "./release.js";
import { forwardJump } from "./v2/chains.js";
import type { V2Generation } from "./v2/generation.js";
import { V2Node, type V2Settings } from "./v2/node.js";

/** Azure NPM, the network policy engine of AKS. */
export const azureNpm: Engine = { id: "azure-npm", configure };

function configure(options: EngineOptions): Configured {
  const diagnostics: Diagnostic[] = [];
  const selected = selectGeneration(options.generation ?? defaultGeneration, options.lite ?? false);
  const kubernetesMinor = options.kubernetes === undefined ? undefined : parseKubernetesMinor(options.kubernetes);
  if (options.kubernetes !== undefined && kubernetesMinor === undefined) {
    diagnostics.push(diagnostic("bad-kubernetes-version", { text: options.kubernetes }));
  }
  if ("problem" in selected) diagnostics.push(selected.problem);
  if ("problem" in selected || diagnostics.length > 0) return { diagnostics };
  return { machine: machineOf(selected.generation, options, kubernetesMinor ?? selected.generation.kubernetesMinor), diagnostics };
}

function machineOf(generation: V2Generation, options: EngineOptions, kubernetesMinor: number): Machine {
  const settings: V2Settings = {
    flavour: options.flavour ?? "nft",
    placement: options.placement ?? generation.placement,
    ...(options.existing && { existing: options.existing }),
  };
  const nodeOf = (node: Node): V2Node => {
    if (!(node instanceof V2Node)) throw new Error("a node of another engine");
    return node;
  };
  const effect = (command: ReturnType<V2Node["start"]>[number]) => ({ kind: "command" as const, command });
  return {
    engine: "azure-npm",
    generation: generation.id,
    release: formatRelease(generation.release),
    flavour: settings.flavour,
    kubernetesMinor,
    ownership: ownershipOf(generation, settings),
    start() {
      const node = new V2Node(generation, settings);
      return { effects: node.start().map(effect), node };
    },
    step: (node, event) => ({ effects: nodeOf(node).step(event).map(effect), node }),
  };
}

function ownershipOf(generation: V2Generation, { placement }: V2Settings): Ownership {
  return {
    title: `Azure NPM ${generation.id} (${formatRelease(generation.release)})`,
    chainPrefix: "AZURE-NPM",
    setPrefix: "azure-npm-",
    temporarySetPrefix: "anpm-tmp-",
    jump: { from: "FORWARD", rule: forwardJump, ...(placement === "after-kube-services" && { after: "KUBE-SERVICES" }) },
    flavourHints: ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY"],
  };
}

/** 29 of `1.29`, `v1.29.0`. */
function parseKubernetesMinor(text: string): number | undefined {
  const found = /^v?1\.(\d{1,3})(\.\d+)?$/.exec(text);
  return found ? Number(found[1]) : undefined;
}
