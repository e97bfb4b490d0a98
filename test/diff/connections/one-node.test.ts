import fc from "fast-check";
import { expect, test } from "vitest";
import { connectionRows } from "../../../compiler/diff/connections/connection-rows.js";
import { diff, type DiffVersion } from "../../../compiler/diff/diff.js";
import { keyOf } from "../../../compiler/model/objects.js";
import { ofVersion } from "../../../compiler/netfilter/versions.js";
import { versionOfText } from "../../../compiler/simulate/ip.js";
import { addressesOf } from "../../../compiler/simulate/tiers/holders.js";
import { tracerOf } from "../../../compiler/simulate/tracer.js";
import type { IpVersion } from "../../../compiler/text/ip-version.js";
import { calicoClusters, calicoOptions } from "../../agreement/calico-clusters.js";
import type { Manifest } from "../../agreement/clusters.js";
import { lacking, matrixRows } from "./matrix-difference.js";
import { textOf, versionOf, versionPairs, versionPairsOf } from "../versions.js";

/** Pods run on one of two nodes, by the last digit of their names. */
function placed(manifests: readonly Manifest[]): Manifest[] {
  return manifests.map((manifest) => {
    if (manifest["kind"] !== "Pod") return manifest;
    const { name } = manifest["metadata"] as { readonly name: string };
    const nodeName = Number(/\d$/.exec(name)?.[0] ?? 0) % 2 === 0 ? "here" : "there";
    return { ...manifest, spec: { ...(manifest["spec"] as object), nodeName } };
  });
}

/** Names of pods with an address that a pod of the node has: tables tell two pods of one address not apart. */
function podsHere({ result }: DiffVersion, node: string, ipVersion: IpVersion): string[] {
  const pods = result.objects.filter((object) => object.kind === "Pod");
  const running = pods.filter(({ phase }) => phase !== "Succeeded" && phase !== "Failed");
  const its = (pod: (typeof running)[number]) =>
    addressesOf(pod).filter((address) => versionOfText(address) === ipVersion);
  const addresses = new Set(running.flatMap((pod) => (pod.nodeName === node && !pod.hostNetwork ? its(pod) : [])));
  return running.filter((pod) => its(pod).some((address) => addresses.has(address))).map(keyOf);
}

/** Whether something opens or closes. */
function expectDifferenceOfMatrices(old: DiffVersion, young: DiffVersion, node: string, ipVersion: IpVersion): boolean {
  const { connections, lines } = diff(old, young, ipVersion);
  const said = (what: "opened" | "closed") =>
    connectionRows(connections, what, 1_000_000)
      .rows.filter(({ source, destination }) => source.includes("/") && destination.includes("/"))
      .map((row) => `${row.source} ${row.destination} ${row.protocol} ${row.ports}`)
      .sort();
  const here = new Set([old, young].flatMap((version) => podsHere(version, node, ipVersion)));
  const ofNode = (row: string): boolean =>
    row
      .split(" ")
      .slice(0, 2)
      .some((name) => here.has(name));
  const [was, is] = [matrixRows(old, ipVersion), matrixRows(young, ipVersion)];
  expect(said("opened")).toEqual(lacking(is, was).filter(ofNode));
  expect(said("closed")).toEqual(lacking(was, is).filter(ofNode));
  for (const { what, example, sources, destinations } of lines) {
    const { packet } = example;
    expect([packet.source, packet.destination].map(versionOfText)).toEqual([ipVersion, ipVersion]);
    const isThere = [...sources, ...destinations].every(({ before, after }) => before?.address === after?.address);
    if (!isThere) continue;
    const verdicts = [old, young].map(
      ({ result }) => tracerOf(ofVersion(result.tables, ipVersion)).trace(packet).verdict,
    );
    expect(verdicts.map((verdict) => verdict === "allow")).toEqual([what === "closed", what === "opened"]);
  }
  return connections.length > 0;
}

test("of an engine whose tables are one node's, what opens and closes is the difference of the matrices, where an end is on the node", () => {
  let changed = 0;
  const property = fc.property(
    versionPairs,
    fc.constantFrom({ engine: "calico" }, { engine: "calico", generation: "calico-2019" }),
    fc.constantFrom(undefined, "azure-npm"),
    ([before, after], options, otherEngine) => {
      const calico = { ...options, node: "here" };
      const old = versionOf(textOf(placed(before)), otherEngine === undefined ? calico : { engine: otherEngine });
      const young = versionOf(textOf(placed(otherEngine === undefined ? after : before)), calico);
      changed += Number(expectDifferenceOfMatrices(old, young, "here", 4));
    },
  );
  fc.assert(property, { numRuns: 40 });
  expect(changed).toBeGreaterThan(20);
}, 240_000);

/** What connections are is said of the filter table; policies of hosts have rules in others, and floating addresses may be pods' own. */
const withoutHosts = calicoClusters.map((manifests) =>
  manifests.filter(({ kind }) => kind !== "HostEndpoint").map(withoutFloating),
);

function withoutFloating(manifest: Manifest): Manifest {
  const metadata = manifest["metadata"] as { readonly annotations?: Readonly<Record<string, string>> };
  const kept = Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.endsWith("/floatingIPs"));
  return { ...manifest, metadata: { ...metadata, annotations: Object.fromEntries(kept) } };
}

test("and so it is over IPv6, and over IPv4 beside it, with Calico's own policies, and from an engine without rules for IPv6", () => {
  const changed = { 4: 0, 6: 0 };
  const property = fc.property(
    versionPairsOf(withoutHosts),
    fc.constantFrom<{ generation?: string }>({}, { generation: "calico-3.24" }, { generation: "calico-2019" }),
    fc.constantFrom(undefined, undefined, "azure-npm"),
    fc.constantFrom<IpVersion>(6, 6, 4),
    ([before, after], generation, otherEngine, ipVersion) => {
      const calico = { ...calicoOptions, ...generation };
      const old = versionOf(textOf(before), otherEngine === undefined ? calico : { engine: otherEngine });
      const young = versionOf(textOf(otherEngine === undefined ? after : before), calico);
      changed[ipVersion] += Number(expectDifferenceOfMatrices(old, young, calicoOptions.node, ipVersion));
    },
  );
  fc.assert(property, { numRuns: 60 });
  expect(changed[6]).toBeGreaterThan(15);
  expect(changed[4]).toBeGreaterThan(5);
}, 240_000);
