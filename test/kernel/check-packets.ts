import fc from "fast-check";
import { dump } from "js-yaml";
import { azureNpm, compile, type CompileResult, type Flavour } from "../../compiler/index.js";
import { verify } from "../../compiler/simulate/verify/verify.js";
import { sendPackets, type Delivery } from "../../src/kernel/send-packets.js";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";
import { clusters, type Manifest } from "../agreement/clusters.js";

export interface CheckOptions {
  /** How many random clusters. */
  readonly clusters: number;
  readonly seed: number;
  /** Generations or releases, of which each cluster gets one; all built ones otherwise. */
  readonly generations?: readonly string[];
  /** Called after each cluster. */
  readonly progress?: (checked: number) => void;
}

export interface Checked {
  /** Clusters that were checked before a failure, or all. */
  readonly clusters: number;
  /** Generation and flavour → how many clusters. */
  readonly asWhat: ReadonlyMap<string, number>;
  /** Protocol → packets sent. */
  readonly packets: ReadonlyMap<string, number>;
  /** How many of them came to their destination. */
  readonly arrived: number;
  /** How many the specification says otherwise about, all in clusters for which `verify` has findings. */
  readonly deviating: number;
  /** Why something was not tried, numbers left out → in how many clusters. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Why nothing can be tried here. */
  readonly unavailable?: string;
  /** A shrunk cluster with a packet that the kernel takes otherwise than the tracer, and what, for people. */
  readonly failure?: string;
}

/** Sends real packets through the rules of random clusters. */
export async function checkPackets(options: CheckOptions): Promise<Checked> {
  const counted = { clusters: 0, arrived: 0, deviating: 0 };
  const [asWhat, packets, leftOut] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const unavailable = (await whyNoNetwork("nft")) ?? (await whyNoNetwork("legacy"));
  if (unavailable !== undefined) return { ...counted, asWhat, packets, leftOut, unavailable };
  const property = fc.asyncProperty(clusters, variants(options.generations), async (manifests, variant) => {
    const result = compiled(manifests, variant);
    const sent = await sendPackets(result);
    const wrong = mistakes(result, sent.deliveries);
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    counted.clusters += 1;
    count(asWhat, `${variant.generation} ${variant.flavour}`);
    for (const { probe, byKernel } of sent.deliveries) {
      count(packets, probe.protocol);
      if (byKernel === "allow") counted.arrived += 1;
      if (byKernel !== probe.byJudge) counted.deviating += 1;
    }
    for (const line of sent.leftOut) count(leftOut, line.replace(/^\d+ (of \d+ )?/, ""));
    options.progress?.(counted.clusters);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    numRuns: options.clusters,
    seed: options.seed,
  });
  const result = { ...counted, asWhat, packets, leftOut };
  if (!failed) return result;
  const [manifests, { generation, flavour }] = counterexample!;
  const yaml = manifests.map((manifest) => dump(manifest, { lineWidth: 120 })).join("---\n");
  return { ...result, failure: `${generation}, ${flavour}: ${String(errorInstance)}\n---\n${yaml}` };
}

/** What must not be: the kernel against the tracer, or against the specification where `verify` finds no difference. */
function mistakes(result: CompileResult, deliveries: readonly Delivery[]): readonly string[] {
  const against = (referee: "byTracer" | "byJudge"): string[] =>
    deliveries
      .filter(({ probe, byKernel }) => probe[referee] !== byKernel)
      .map(({ probe, byKernel }) => {
        const { source, destination, protocol, port } = probe;
        const packet = `${source.address} to ${destination.address}, ${port}/${protocol}`;
        return `${packet}: ${probe[referee]} ${referee === "byTracer" ? "by the tracer" : "by the specification"}, ${byKernel} by the kernel`;
      });
  const byTracer = against("byTracer");
  if (byTracer.length > 0) return byTracer;
  return verify(result).agrees ? against("byJudge") : [];
}

interface Variant {
  readonly generation: string;
  readonly flavour: Flavour;
}

/** Each generation in each flavour that it has. */
function variants(generations: readonly string[] = azureNpm.generations): fc.Arbitrary<Variant> {
  const all = generations.flatMap((generation) => [
    { generation, flavour: "nft" as const },
    { generation, flavour: "legacy" as const },
  ]);
  return fc.constantFrom(...all.filter((variant) => azureNpm.configure(variant).machine !== undefined));
}

function compiled(manifests: readonly Manifest[], variant: Variant): CompileResult {
  const text = manifests.map((manifest) => JSON.stringify(manifest)).join("\n---\n");
  const { result, diagnostics } = compile([{ name: "generated.yaml", text }], variant);
  if (!result) throw new Error(diagnostics[0]?.message);
  return result;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
