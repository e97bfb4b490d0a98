import { describe, expect, test } from "vitest";
import { planProbes, probeLimits, readBack, verify, versionsOf, type CompileResult } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { deliver, sendPackets, type Deliveries } from "../../src/kernel/send-packets.js";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";

const flavours = ["nft", "legacy"] as const;
const reason = (await Promise.all(flavours.map(whyNoNetwork))).find((found) => found !== undefined);
if (reason) console.warn(`tests with real packets are skipped: ${reason}`);

const goldenCases = new Map(readCases().map((golden) => [golden.name, golden]));

/** Pods are behind interfaces with the names that they have on a node, everybody else behind the host's. Last: deviations of which no packet that is sent has anything. */
const cases = [
  ["calico-aks-3-from-development", "calico", "nft", []],
  ["calico-tiers", "calico", "legacy", []],
  ["calico-groups", "calico-3.28", "nft", []],
  ["calico-network-sets", "calico-3.24", "legacy", []],
  ["calico-named-ports", "calico-2019", "legacy", []],
  ["calico-many-ports", "calico-3.30", "nft", []],
  ["calico-host-endpoints", "calico", "nft", []],
  ["calico-floating-ips", "calico", "nft", []],
  ["calico-floating-ips", "calico-3.24", "legacy", []],
  ["calico-floating-ips", "calico-2019", "legacy", []],
  ["calico-istio", "calico", "nft", []],
  ["calico-qos", "calico", "legacy", []],
  ["calico-ipv6", "calico", "nft", []],
  ["calico-ipv6", "calico-3.28", "legacy", []],
  ["calico-ipv6", "calico-3.24", "legacy", ["calico-failsafe-other-version"]],
] as const;

describe.skipIf(reason)("real packets through Calico's tables in a real kernel", { timeout: 120_000 }, () => {
  test.each(cases)("%s as %s, %s: as the tracer says, and the judge", async (name, generation, flavour, deviations) => {
    const { result } = compileCase(goldenCases.get(name)!, generation, flavour);
    const { deliveries } = await sendPackets(result!);
    const wrong = (referee: "byTracer" | "byJudge"): readonly string[] =>
      deliveries
        .filter(({ probe, byKernel }) => probe[referee] !== byKernel)
        .map(({ probe: { source, destination, protocol, port } }) => {
          return `${protocol} ${source.address} → ${destination.address}:${port}`;
        });
    expect(verify(result!).findings.map(({ code }) => code)).toEqual(deviations);
    expect(wrong("byTracer")).toEqual([]);
    expect(wrong("byJudge")).toEqual([]);
    for (const { version } of versionsOf(result!.tables)) {
      const its = deliveries.filter(({ probe }) => probe.source.address.includes(":") === (version === 6));
      expect(new Set(its.map(({ byKernel }) => byKernel))).toEqual(new Set(["allow", "deny"]));
      expect(new Set(its.map(({ probe }) => probe.protocol)).size).toBe(4);
    }
  });

  test.each(flavours)("what is within the limits of annotations passes, as %s has it", async (flavour) => {
    const golden = goldenCases.get("calico-qos")!;
    const most = [
      ["1k", "10k"],
      ["2000", "10k"],
      ["20", "4294967295"],
      ["3334", '10k"\n    qos.projectcalico.org/egressPacketBurst: "10k'],
      ["1", "4294967295"],
    ] as const;
    const sources = golden.sources.map(({ name, text }) => ({
      name,
      text: most.reduce(
        (all, [from, to]) => all.replace(new RegExp(`(Rate|Burst|Connections): "${from}"`), `$1: "${to}"`),
        text,
      ),
    }));
    const deliveries = await sendLimited(compileCase({ ...golden, sources }, "calico", flavour).result!);
    expect(
      deliveries.filter(({ probe, byKernel }) => probe.byTracer !== byKernel || probe.byJudge !== byKernel),
    ).toEqual([]);
    expect(new Set(deliveries.map(({ byKernel }) => byKernel))).toEqual(new Set(["allow", "deny"]));
  });

  test("of connections that are too many at one time, the kernel refuses some that it would let pass alone", async () => {
    const deliveries = await sendLimited(compileCase(goldenCases.get("calico-qos")!, "calico", "nft").result!);
    const limited = deliveries.filter(({ probe, byKernel }) => probe.byTracer !== byKernel);
    expect(limited.length).toBeGreaterThan(0);
    expect(new Set(limited.map(({ byKernel }) => byKernel))).toEqual(new Set(["deny"]));
  });
});

/** Through the rules as they are, limits and all. */
async function sendLimited({
  objects,
  specification,
  tables,
  machine,
}: CompileResult): Promise<Deliveries["deliveries"]> {
  const plan = planProbes(objects, readBack(tables), probeLimits, specification);
  return (await deliver(plan, { tables, machine })).deliveries;
}
