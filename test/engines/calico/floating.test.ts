import { describe, expect, test } from "vitest";
import { compile, type CompileOptions } from "../../../compiler/index.js";

const namespace = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}";
const account = "{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: shop, name: default}}";

/** A pod of node-0 with an annotation, `addresses` with commas between. */
function pod(name: string, addresses: string, floating: string, node = "node-0"): string {
  const [first, ...others] = addresses.split(",");
  const ips = [first, ...others].map((ip) => `{ip: "${ip}"}`).join(", ");
  return `{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: ${name}, annotations: {cni.projectcalico.org/floatingIPs: '${floating}'}},
    spec: {nodeName: ${node}, containers: [{name: c, image: c}]}, status: {phase: Running, podIP: "${first}", podIPs: [${ips}]}}`;
}

const on = ["FloatingIPs=Enabled"];

function compiled(documents: readonly string[], options: Partial<CompileOptions> = {}) {
  const text = [namespace, account, ...documents].join("\n---\n");
  return compile([{ name: "a.yaml", text }], { engine: "calico", node: "node-0", felix: on, ...options });
}

/** Addresses and what they lead to, and the sources of packets of pods to themselves: `10.1.0.1 → 10.0.0.1`. */
function translations(documents: readonly string[], options: Partial<CompileOptions> = {}, version: 4 | 6 = 4) {
  const { result, diagnostics } = compiled(documents, options);
  const said = diagnostics.map(({ code }) => code);
  const tables = version === 4 ? result?.tables : result?.tables.ipv6;
  const chains = tables?.others?.find(({ name }) => name === "nat")?.chains ?? [];
  const of = (chain: string): readonly string[] =>
    (chains.find(({ name }) => name === chain)?.rules ?? []).map(({ matches, target }) => {
      const from = matches.flatMap((match) => (match.kind === "address" ? [match.network] : []));
      return `${from[0]!} → ${target?.kind === "other" ? target.words[3]! : ""}`;
    });
  return { dnat: of("cali-fip-dnat"), snat: of("cali-fip-snat"), said };
}

describe("floating addresses of pods", () => {
  test("stand in the order of their texts, and a pod hears from the first when it calls itself", () => {
    const { dnat, snat, said } = translations([pod("a", "10.0.0.5", '["10.9.0.2", "10.10.0.1"]')]);
    expect(dnat).toEqual(["10.10.0.1/32 → 10.0.0.5", "10.9.0.2/32 → 10.0.0.5"]);
    expect(snat).toEqual(["10.0.0.5/32 → 10.10.0.1"]);
    expect(said).toEqual([]);
  });

  test("lead to one pod alone, that whose address comes first as a text, whichever pod comes first", () => {
    const pods = [pod("a", "10.0.0.9", '["10.9.0.2"]'), pod("b", "10.0.0.10", '["10.9.0.2", "10.9.0.3"]')];
    for (const documents of [pods, pods.toReversed()]) {
      const { dnat, snat, said } = translations(documents);
      expect(dnat).toEqual(["10.9.0.2/32 → 10.0.0.10", "10.9.0.3/32 → 10.0.0.10"]);
      expect(snat).toEqual(["10.0.0.10/32 → 10.9.0.2"]);
      expect(said).toEqual(["calico-floating-taken"]);
    }
  });

  test("are those of pods of the node alone", () => {
    expect(translations([pod("a", "10.0.0.9", '["10.9.0.2"]', "node-1")])).toEqual({
      dnat: [],
      snat: [],
      said: ["calico-node-without-pods"],
    });
  });

  test("lead to the pod's address of their version", () => {
    const documents = [pod("a", "10.0.0.5,fd00::5", '["fd00:9:0::1", "10.9.0.2", "2001:DB8::1"]')];
    expect(translations(documents, { ipv6: true }).dnat).toEqual(["10.9.0.2/32 → 10.0.0.5"]);
    expect(translations(documents, { ipv6: true }, 6)).toEqual({
      dnat: ["2001:db8::1/128 → fd00::5", "fd00:9::1/128 → fd00::5"],
      snat: ["fd00::5/128 → 2001:db8::1"],
      said: [],
    });
  });

  test("need a setting since v3.22.2; before, an annotation was enough", () => {
    const documents = [pod("a", "10.0.0.5", '["10.9.0.2"]')];
    const without = (generation: string) => translations(documents, { felix: [], generation });
    for (const generation of ["calico", "calico-3.24", "v3.23.0", "v3.22.2"])
      expect(without(generation)).toEqual({ dnat: [], snat: [], said: ["calico-floating-off"] });
    for (const generation of ["v3.22.1", "v3.8.2", "calico-2019"])
      expect(without(generation).dnat).toEqual(["10.9.0.2/32 → 10.0.0.5"]);
  });

  test.each([
    ["10.9.0.2/32", "calico-floating-passed-over"],
    ["web.shop", "calico-floating-passed-over"],
    ["010.9.0.2", "calico-floating-passed-over"],
    ["fd00::1", "calico-floating-passed-over"],
  ])("what is no address that the pod could have is passed over: %s", (text, code) => {
    const { dnat, said } = translations([pod("a", "10.0.0.5", `["${text}", "10.9.0.3"]`)]);
    expect(dnat).toEqual(["10.9.0.3/32 → 10.0.0.5"]);
    expect(said).toEqual([code]);
  });

  test.each(["", "10.9.0.2", '"10.9.0.2"', '["10.9.0.2",]', "[1]", '{"a": 1}'])(
    "of a text that is no list Felix makes no endpoint of the pod at all: %j",
    (text) => {
      const { result, diagnostics } = compiled([pod("a", "10.0.0.5", text), pod("b", "10.0.0.6", "[]")]);
      expect(diagnostics.map(({ code, location }) => [code, location && location.offset > 0])).toEqual([
        ["calico-annotation-invalid", true],
      ]);
      expect(result!.tables.chains.filter(({ name }) => name.startsWith("cali-tw-"))).toHaveLength(1);
      const old = compiled([pod("a", "10.0.0.5", text)], { generation: "calico-2019", felix: [] });
      expect(old.diagnostics.map(({ code }) => code)).toEqual(["calico-annotation-stops"]);
    },
  );

  test("null is a list of nothing, and in a list a text of nothing", () => {
    expect(translations([pod("a", "10.0.0.5", "null")])).toEqual({ dnat: [], snat: [], said: [] });
    expect(translations([pod("a", "10.0.0.5", "[null]")]).said).toEqual(["calico-floating-passed-over"]);
  });

  test("no rule leads from one version of IP to the other, and Felix stops at one that should", () => {
    const mixed = translations([pod("a", "10.0.0.5", '["fd00::1"]')], { generation: "calico-2019", felix: [] });
    expect(mixed.said).toEqual(["calico-floating-of-other-version"]);
    const mapped = [pod("a", "10.0.0.5,fd00::5", '["::ffff:10.9.0.2"]')];
    expect(translations(mapped, { ipv6: true }).said).toEqual(["calico-floating-of-other-version"]);
    expect(translations(mapped).said).toEqual([]);
  });
});

describe("on nodes of OpenStack", () => {
  /** How many rules let pods reach the node, and the rules of nat and raw that are for OpenStack. */
  const rules = (felix: readonly string[], options: Partial<CompileOptions> = {}) => {
    const { result } = compiled([pod("a", "10.0.0.5", "[]")], { felix, ...options });
    const { chains, others = [] } = result!.tables;
    const toHost = chains.find(({ name }) => name === "cali-wl-to-host")!.rules.length - 2;
    const of = (table: string) => others.find(({ name }) => name === table)!.chains;
    const nat = of("nat")
      .find(({ name }) => name === "cali-PREROUTING")!
      .rules.slice(1);
    const raw = of("raw").find(({ name }) => name === "cali-PREROUTING")!.rules;
    return {
      toHost,
      metadata: nat.map(({ target }) => (target?.kind === "other" ? target.words.at(-1) : "")),
      dhcp: raw.filter(({ matches }) => matches.some((match) => match.kind === "multiport")).length,
    };
  };
  const none = { toHost: 0, metadata: [], dhcp: 0 };

  test.each([
    [["ClusterType=k8s,OpenStack"], { toHost: 3, metadata: ["127.0.0.1:8775"], dhcp: 1 }],
    [["MetadataAddr=10.0.0.1"], { toHost: 3, metadata: ["10.0.0.1:8775"], dhcp: 1 }],
    [["MetadataPort=1234"], { toHost: 3, metadata: ["127.0.0.1:1234"], dhcp: 1 }],
    [["MetadataAddr=none"], none],
    [["MetadataPort=none"], none],
    [["MetadataPort=none", "MetadataAddr=10.0.0.1"], { toHost: 3, metadata: ["10.0.0.1"], dhcp: 1 }],
    [["ClusterType=openstack", "MetadataAddr=none"], { toHost: 2, metadata: [], dhcp: 1 }],
    [["ClusterType=k8s"], none],
  ])("%j", (felix, expected) => {
    expect(rules(felix)).toEqual(expected);
  });

  test("interfaces called tap are a sign of it", () => {
    expect(rules([], { interfacePrefix: "azv,tap" })).toEqual({ toHost: 3, metadata: ["127.0.0.1:8775"], dhcp: 1 });
  });

  test("v3.3 leaves forged sources of IPv4 to the kernel, and needs no rule for DHCP before it", () => {
    const expected = { toHost: 3, metadata: ["127.0.0.1:8775"], dhcp: 0 };
    expect(rules(["ClusterType=openstack"], { generation: "calico-2019" })).toEqual(expected);
  });
});
