import { describe, expect, test } from "vitest";
import { canBeProbed, endsOf } from "../../compiler/simulate/probe-addresses.js";
import { planProbes, type Probe, type ProbeLimits, type ProbePlan } from "../../compiler/simulate/probe-plan.js";
import { portsInPlay, trafficInRules } from "../../compiler/simulate/probe-ports.js";
import { readBack } from "../../compiler/simulate/read-back.js";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { allTraffic, noTraffic, trafficOf, unionTraffic } from "../../compiler/simulate/traffic.js";
import { compileText } from "./vectors.js";

describe("a plan", () => {
  test("tries every pair of classes on every protocol, and says what the referees expect", () => {
    const { insideAddresses, outsideAddresses, probes, leftOut } = planFor(
      policyOn("web"),
      pod("web", 1),
      pod("cat", 2),
    );
    expect(insideAddresses).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(outsideAddresses).toEqual(["1.0.0.0", "255.255.255.254"]);
    expect(leftOut).toEqual([]);
    expect(probes.filter(({ protocol }) => protocol === "tcp").map(show)).toEqual([
      "10.0.0.1 → 10.0.0.2:80 allow allow",
      "10.0.0.1 → 1.0.0.0:80 allow allow",
      "10.0.0.1 → 255.255.255.254:80 allow allow",
      "10.0.0.2 → 10.0.0.1:80 deny deny",
      "10.0.0.2 → 1.0.0.0:80 allow allow",
      "10.0.0.2 → 255.255.255.254:80 allow allow",
      "1.0.0.0 → 10.0.0.1:80 deny deny",
      "1.0.0.0 → 10.0.0.2:80 allow allow",
      "255.255.255.254 → 10.0.0.1:80 deny deny",
      "255.255.255.254 → 10.0.0.2:80 allow allow",
    ]);
    expect(probes).toHaveLength(40);
  });

  test("of a class it takes two pods, so that they are tried with each other, and no third", () => {
    const pods = [1, 2, 3, 4].map((number) => pod("web", number));
    expect(planFor(policyOn("web"), ...pods).insideAddresses).toEqual(["10.0.0.1", "10.0.0.2"]);
  });

  test("of several pods at one address it takes the first, and says so", () => {
    const { insideAddresses, leftOut } = planFor(policyOn("web"), pod("web", 1), pod("cat", 1), pod("dog", 2));
    expect(insideAddresses).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(leftOut).toEqual(["1 pods that share the address of another one"]);
  });

  test("over the limits it says what it leaves out", () => {
    const texts = [1, 2, 3, 4, 5].flatMap((number) => [policyOn(`app${number}`), pod(`app${number}`, number)]);
    const { insideAddresses, outsideAddresses, probes, leftOut } = planFor(
      ...texts,
      policyOn("app1", "from: [{ ipBlock: { cidr: 192.0.2.0/24 } }]"),
      { inside: 3, outside: 1, probes: 20 },
    );
    expect(insideAddresses).toHaveLength(3);
    expect(outsideAddresses).toHaveLength(1);
    expect(probes.length).toBeLessThanOrEqual(20);
    expect(leftOut).toEqual([
      "2 of 5 classes of pods: more than 3",
      "1 of 2 classes of outside addresses: more than 1",
      expect.stringMatching(/^\d+ of 48 packets: more than 20$/),
    ]);
  });

  test("what the rules leave open is not sent", () => {
    const result = compileText([policyOn("web"), pod("web", 1), pod("cat", 2)].join("---\n"));
    const { chains, sets } = readBack(result.tables);
    const unknown = parseIptablesSave(
      "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m strange -j ACCEPT\nCOMMIT\n",
    ).chains;
    const { probes, leftOut } = planProbes(result.objects, {
      chains: chains.map((chain) => {
        const added = unknown.find(({ name }) => name === chain.name);
        return added ? { ...chain, rules: [...added.rules, ...chain.rules] } : chain;
      }),
      sets,
    });
    expect(probes.every(({ byTracer }) => byTracer === "allow")).toBe(true);
    expect(leftOut).toEqual(["12 packets: the rules do not say what becomes of them"]);
  });

  test("TCP is not tried where its answer may be refused", () => {
    const result = compileText([policyOn("web"), pod("web", 1), pod("cat", 2)].join("---\n"));
    const chains = parseIptablesSave(
      "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 10.0.0.1/32 -j ACCEPT\nCOMMIT\n",
    ).chains;
    const { probes, leftOut } = planProbes(result.objects, { chains, sets: [] });
    const passing = probes.filter(({ byTracer }) => byTracer === "allow");
    expect(new Set(passing.map(({ protocol }) => protocol))).toEqual(new Set(["udp", "sctp", "other"]));
    expect(leftOut).toEqual(["3 TCP packets: the rules may refuse the answer"]);
  });
});

describe("ports in play", () => {
  test("are the ends of intervals and the ports just outside", () => {
    const traffics = [trafficOf("tcp", 80, 80), trafficOf("tcp", 8000, 8010), trafficOf("udp", 53, 53)];
    expect(portsInPlay(traffics, "tcp")).toEqual([79, 80, 81, 7999, 8000, 8010, 8011]);
    expect(portsInPlay(traffics, "udp")).toEqual([52, 53, 54]);
  });

  test("never hold port 0, nor one beyond the last", () => {
    expect(portsInPlay([trafficOf("tcp", 1, 1), trafficOf("tcp", 65535, 65535)], "tcp")).toEqual([1, 2, 65534, 65535]);
  });

  test("are one of them where all or none may pass", () => {
    expect(portsInPlay([allTraffic, noTraffic], "sctp")).toEqual([80]);
    expect(portsInPlay([unionTraffic(allTraffic, noTraffic)], "other")).toEqual([0]);
  });

  test("are also those of rules and sets that no packet reaches", () => {
    const { chains } = parseIptablesSave("*filter\n:X - [0:0]\n-A X -p udp -m udp --dport 10:20 -j DROP\nCOMMIT\n");
    const { sets } = parseIpsetSave(
      "create p hash:ip,port family inet hashsize 1024 maxelem 65536\nadd p 10.0.0.1,tcp:8080\nadd p 10.0.0.1,icmp:echo-request\n",
    );
    const traffics = trafficInRules({ chains, sets });
    expect(portsInPlay(traffics, "udp")).toEqual([9, 10, 20, 21]);
    expect(portsInPlay(traffics, "tcp")).toEqual([8079, 8080, 8081]);
  });
});

describe("addresses that can be probed", () => {
  test.each([
    ["0.0.0.0", false],
    ["0.255.255.255", false],
    ["1.0.0.0", true],
    ["127.0.0.1", false],
    ["128.0.0.0", true],
    ["224.0.0.1", false],
    ["240.0.0.0", true],
    ["255.255.255.255", false],
    ["2001:db8::1", true],
    ["::1", false],
    ["fe80::1", false],
    ["ff02::1", false],
  ])("%s: %s", (address, expected) => {
    expect(canBeProbed(address)).toBe(expected);
  });

  test("the ends of ranges are moved inside when nobody can have them", () => {
    expect(endsOf([{ first: 0, last: 2 ** 32 - 1 }])).toEqual(["1.0.0.0", "255.255.255.254"]);
    expect(endsOf([{ first: 0x7e000000, last: 0x7f0000ff }])).toEqual(["126.0.0.0", "126.255.255.255"]);
    expect(endsOf([{ first: 0x0a000001, last: 0x0a000001 }])).toEqual(["10.0.0.1"]);
    expect(endsOf([{ first: 0x7f000000, last: 0x7fffffff }])).toEqual([]);
  });
});

/** From manifests, and with other limits when the last argument gives some. */
function planFor(...parts: (string | ProbeLimits)[]): ProbePlan {
  const texts = parts.filter((part) => typeof part === "string");
  const limits = parts.find((part) => typeof part !== "string");
  const { objects, tables } = compileText(texts.join("---\n"));
  return planProbes(objects, readBack(tables), limits);
}

function pod(app: string, number: number): string {
  return `apiVersion: v1
kind: Pod
metadata: { namespace: x, name: ${app}-${number}, labels: { app: ${app} } }
spec: { containers: [{ name: c, image: c }] }
status: { phase: Running, podIP: 10.0.0.${number} }
`;
}

let policies = 0;

function policyOn(app: string, rule?: string): string {
  policies += 1;
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: x, name: policy-${policies} }
spec: { podSelector: { matchLabels: { app: ${app} } }, ingress: [${rule === undefined ? "" : `{ ${rule} }`}] }
`;
}

function show({ source, destination, port, byJudge, byTracer }: Probe): string {
  return `${source.address} → ${destination.address}:${port} ${byJudge} ${byTracer}`;
}
