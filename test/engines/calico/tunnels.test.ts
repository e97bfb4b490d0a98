import { describe, expect, test } from "vitest";
import { compile } from "../../../compiler/index.js";
import type { Chain, Tables } from "../../../compiler/netfilter/tables.js";

/** Rules by their hashes, each over all rules before it: what Felix of v3.28 makes of these settings, and what nodes of others were seen to hold. */

const node = (name: string, address: string, annotations: string): string =>
  `{apiVersion: v1, kind: Node, metadata: {name: ${name}, annotations: {${annotations}}}, status: {addresses: [{type: Hostname, address: ${name}}, {type: InternalIP, address: ${address}}]}}`;
const pool = (name: string, spec: string): string =>
  `{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: ${name}}, spec: {${spec}}}`;
const felix = (spec: string): string =>
  `{apiVersion: projectcalico.org/v3, kind: FelixConfiguration, metadata: {name: default}, spec: {${spec}}}`;

const ipip = "projectcalico.org/IPv4IPIPTunnelAddr";
const vxlan = "projectcalico.org/IPv4VXLANTunnelAddr";

interface Options {
  readonly generation?: string;
  readonly interfacePrefix?: string;
  readonly ipv6?: boolean;
}

function compiled(documents: readonly string[], { generation = "v3.28.5", ...others }: Options = {}) {
  const found = compile([{ name: "a.yaml", text: documents.join("\n---\n") }], {
    engine: "calico",
    generation,
    node: "node-0",
    ...others,
  });
  return { diagnostics: found.diagnostics, result: found.result!.tables };
}

function hashes(chains: readonly Chain[], name: string): readonly string[] {
  const { rules = [] } = chains.find((chain) => chain.name === name) ?? {};
  return rules.flatMap(({ matches }) => {
    const first = matches.find((match) => match.kind === "comment");
    return first?.kind === "comment" ? [first.text.slice("cali:".length)] : [];
  });
}

function last(chains: readonly Chain[], name: string): string | undefined {
  return hashes(chains, name).at(-1);
}

function table({ others = [] }: Pick<Tables, "others">, name: "raw" | "nat"): readonly Chain[] {
  return others.find((each) => each.name === name)!.chains;
}

function members({ sets }: Tables, name: string): readonly string[] | undefined {
  return sets.find((set) => set.name === name)?.members;
}

const pools = [
  pool("ipip", "cidr: 10.244.0.0/16, ipipMode: Always, natOutgoing: true"),
  pool("vxlan", "cidr: 10.245.0.0/16, vxlanMode: CrossSubnet"),
];
const nodes = [
  node(
    "node-0",
    "10.224.0.62",
    `projectcalico.org/IPv4Address: 10.1.0.62/16, ${ipip}: 10.244.0.1, ${vxlan}: 10.245.0.1`,
  ),
  node("node-1", "10.224.0.63", `${vxlan}: 10.245.1.1`),
  node("node-2", "10.224.0.64", ""),
];

describe("pools switch their encapsulation on", () => {
  const { result } = compiled([...pools, ...nodes, felix("vxlanPort: 4790, externalNodesList: [192.0.2.0/24]")]);

  test("the chains are Felix's", () => {
    expect(last(result.chains, "cali-INPUT")).toBe("LXli6IZfaI-TvQ9C");
    expect(last(result.chains, "cali-OUTPUT")).toBe("kwuhcdLHBlDhXXrR");
    expect(last(table(result, "nat"), "cali-POSTROUTING")).toBe("TLxCLfnmB_gN_OZh");
    expect(last(table(result, "nat"), "cali-nat-outgoing")).toBe("flqWnvo8yq4ULQLa");
  });

  test("nodes are known by the address of their BGP or their internal one, those with an end of a VXLAN tunnel apart", () => {
    expect(members(result, "cali40all-hosts-net")).toEqual(["10.1.0.62", "10.224.0.63", "10.224.0.64", "192.0.2.0/24"]);
    expect(members(result, "cali40all-vxlan-net")).toEqual(["10.224.0.63", "192.0.2.0/24"]);
  });

  test("ends of tunnels are addresses of the node", () => {
    expect(members(result, "cali40this-host")).toEqual([
      "10.224.0.62",
      "10.244.0.1",
      "10.245.0.1",
      "127.0.0.0",
      "127.0.0.1",
    ]);
  });

  test("pools are in their sets", () => {
    expect(members(result, "cali40all-ipam-pools")).toEqual(["10.244.0.0/16", "10.245.0.0/16"]);
    expect(members(result, "cali40masq-ipam-pools")).toEqual(["10.244.0.0/16"]);
  });
});

test("a setting outranks the pools", () => {
  const { result } = compiled([...pools, ...nodes, felix("ipipEnabled: false, vxlanEnabled: false")]);
  expect(last(result.chains, "cali-INPUT")).toBe("8qgrLKbPHolPQMWN");
  expect(members(result, "cali40all-hosts-net")).toBeUndefined();
  expect(members(result, "cali40all-vxlan-net")).toBeUndefined();
});

test("where no Node says what the end of a tunnel is, nothing gets its address", () => {
  const { result } = compiled(pools);
  expect(last(table(result, "nat"), "cali-POSTROUTING")).toBe("nYKhEzDlr11Jccal");
  expect(members(result, "cali40all-hosts-net")).toEqual([]);
});

describe("WireGuard, and what natOutgoing makes of sources", () => {
  const settings =
    "natPortRange: '32768:65535', natOutgoingAddress: 203.0.113.9, iptablesNATOutgoingInterfaceFilter: eth0";
  const documents = [
    pool("a", "cidr: 10.244.0.0/16, natOutgoing: true"),
    felix(`wireguardEnabled: true, wireguardHostEncryptionEnabled: true, ${settings}`),
  ];
  const { result } = compiled(documents);

  test("the chains are Felix's", () => {
    expect(last(result.chains, "cali-INPUT")).toBe("8Z5Zv0y2f08dti11");
    expect(last(result.chains, "cali-OUTPUT")).toBe("8l2roN0PK7BU-zov");
    expect(last(table(result, "raw"), "cali-PREROUTING")).toBe("I9DvUgmjClLUM9Gy");
    expect(last(table(result, "raw"), "cali-wireguard-incoming-mark")).toBe("JD24rawhOTII_boT");
    expect(last(table(result, "nat"), "cali-POSTROUTING")).toBe("TRTYUg_Kf3b5HCgm");
    expect(last(table(result, "nat"), "cali-nat-outgoing")).toBe("RdUr8olNQ-YVpQuU");
  });

  test("later its mark is another, for one more has a meaning of its own", () => {
    const { result } = compiled(documents, { generation: "calico" });
    const { rules } = table(result, "raw").find(({ name }) => name === "cali-wireguard-incoming-mark")!;
    expect(rules.at(-1)!.target).toEqual({ kind: "set-mark", value: 0x200000, mask: 0x200000 });
  });

  test("v3.23 leaves WireGuard's packets to policies", () => {
    const { result } = compiled(documents, { generation: "v3.23.5" });
    expect(last(result.chains, "cali-INPUT")).toBe("8qgrLKbPHolPQMWN");
    expect(last(table(result, "nat"), "cali-POSTROUTING")).toBe("TRTYUg_Kf3b5HCgm");
  });

  test("a release before them passes over the settings, and says so", () => {
    const { result, diagnostics } = compiled(documents, { generation: "calico-2019" });
    expect(last(result.chains, "cali-INPUT")).toBe("iW9JDqv0x7EfPSm6");
    expect(diagnostics.filter(({ code }) => code === "calico-unknown-feature").map(({ field }) => field)).toEqual([
      "spec.wireguardEnabled",
      "spec.wireguardHostEncryptionEnabled",
      "spec.natOutgoingAddress",
      "spec.iptablesNATOutgoingInterfaceFilter",
    ]);
    expect(hashes(table(result, "nat"), "cali-nat-outgoing")).toHaveLength(5);
  });
});

test.each([
  ["natPortRange: '32768:65535'", "b7QLQf5Vz4xHqoya"],
  ["natOutgoingAddress: 203.0.113.9", "5kyzZvNm-aMKamiC"],
  ["natPortRange: 0", "flqWnvo8yq4ULQLa"],
])("natOutgoing with %s", (spec, hash) => {
  const { result } = compiled([pool("a", "cidr: 10.244.0.0/16, natOutgoing: true"), felix(spec)]);
  expect(last(table(result, "nat"), "cali-nat-outgoing")).toBe(hash);
});

test("nodes can be left out of what is translated since v3.31", () => {
  const documents = [
    pool("a", "cidr: 10.244.0.0/16, natOutgoing: true"),
    ...nodes,
    felix("natOutgoingExclusions: IPPoolsAndHostIPs"),
  ];
  const { result } = compiled(documents, { generation: "v3.31.0" });
  expect(members(result, "cali40all-hosts-net")).toEqual(["10.1.0.62", "10.224.0.63", "10.224.0.64"]);
  const [rule] = table(result, "nat").find(({ name }) => name === "cali-nat-outgoing")!.rules;
  expect(
    rule!.matches.flatMap((match) => (match.kind === "set" ? [`${match.negated ? "! " : ""}${match.set}`] : [])),
  ).toEqual(["cali40masq-ipam-pools", "! cali40all-ipam-pools", "! cali40all-hosts-net"]);
});

test("pools for load balancers alone are no addresses of pods, after v3.32", () => {
  const documents = [pool("a", "cidr: 10.244.0.0/16, natOutgoing: true, allowedUses: [LoadBalancer]")];
  expect(members(compiled(documents, { generation: "calico" }).result, "cali40network-ip-pools")).toEqual([]);
  expect(members(compiled(documents, { generation: "calico-3.30" }).result, "cali40all-ipam-pools")).toEqual([
    "10.244.0.0/16",
  ]);
});

test("IPv6 has tunnels of its own", () => {
  const documents = [
    pool("six", "cidr: 'fd00:244::/64', vxlanMode: Always, natOutgoing: true"),
    felix("wireguardEnabledV6: true"),
  ];
  const { ipv6 } = compiled(documents, { ipv6: true }).result;
  expect(last(ipv6!.chains, "cali-INPUT")).toBe("IzJQ8YFjyrvf7Ox3");
  expect(last(ipv6!.chains, "cali-OUTPUT")).toBe("Tgw8vWUx_oJD3uhx");
  expect(last(table(ipv6!, "nat"), "cali-POSTROUTING")).toBe("VJRhTPCixTNjTu7g");
  expect(last(table(ipv6!, "nat"), "cali-nat-outgoing")).toBe("Ir_z2t1P6-CxTDof");
  expect(ipv6!.sets.map(({ name }) => name)).toContain("cali60all-vxlan-net");
});

describe("what nodes were seen to hold", () => {
  const seen = (spec: string, generation: string) =>
    compiled([pool("a", `cidr: 10.244.0.0/16, ${spec}`)], { generation, interfacePrefix: "cali" }).result.chains;

  test("with IPIP, v3.22 and v3.8", () => {
    const chains = seen("ipipMode: Always", "v3.22.0");
    expect(hashes(chains, "cali-INPUT").slice(0, 3)).toEqual([
      "PajejrV4aFdkZojI",
      "_wjq-Yrma8Ly1Svo",
      "8TZGxLWh_Eiz66wc",
    ]);
    expect(last(chains, "cali-INPUT")).toBe("q-Vz2ZT9iGE331LL");
    expect(hashes(chains, "cali-OUTPUT").slice(0, 3)).toEqual([
      "Mq1_rAdXXH3YkrzW",
      "69FkRTJDvD5Vu6Vl",
      "AnEsmO6bDZbQntWW",
    ]);
    expect(last(chains, "cali-OUTPUT")).toBe("OgU2f8BVEAZ_fwkq");
    expect(hashes(seen("ipipMode: Always", "v3.8.2"), "cali-OUTPUT")[4]).toBe("OB2pzPrvQn6PC89t");
  });

  test("with VXLAN, v3.24 and v3.28", () => {
    const chains = seen("vxlanMode: Always", "v3.24.1");
    expect(hashes(chains, "cali-INPUT").slice(0, 2)).toEqual(["MYAij0dXtIVCOZ-i", "c3JpWekSTKWcdGH0"]);
    expect(hashes(chains, "cali-OUTPUT")[2]).toBe("gPT-T3DOftxv-f7s");
    expect(hashes(seen("vxlanMode: Always", "v3.28.0"), "cali-INPUT").slice(0, 3)).toEqual([
      "J76FwxInZIsk7uKY",
      "EDCNTTxYfggApx8C",
      "H03xYXARh4e8pwd4",
    ]);
  });
});
