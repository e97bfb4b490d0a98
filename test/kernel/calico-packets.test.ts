import { describe, expect, test } from "vitest";
import { verify, versionsOf } from "../../compiler/index.js";
import { compileCase, readCases } from "../../scripts/golden-cases.js";
import { sendPackets } from "../../src/kernel/send-packets.js";
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
});
