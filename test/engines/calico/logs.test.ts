import { describe, expect, test } from "vitest";
import { isTakenByLegacy, limit, log } from "../../../compiler/engines/calico/felix/fragments.js";
import { flowLogPrefix } from "../../../compiler/engines/calico/hashes.js";
import { printMatch, printRule } from "../../../compiler/netfilter/print-rule.js";
import { limitsOnWay } from "../../../compiler/simulate/limit-words.js";
import { trace } from "../../../compiler/simulate/tracer.js";
import { ingressPolicy, logged, saved, tablesOf } from "./log-cases.js";

describe("prefixes of flow logs", () => {
  // Source: Calico, felix/rules/nflogprefix_test.go, as of v3.30 and of v3.32.
  test.each([
    ["API0|np/namespace1/default.policy", "API0|np/namespace1/default.policy"],
    [
      "DPE88|gnp/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
      "DPE88|gnp/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ],
    [
      "DPI88|gnp/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0",
      "DPI88|gnp/_12IXaBPahNM7a7dZhI8zg6PStmHsgneYaax8LVSIq_RSTUVWXYZ0",
    ],
    [
      "DPE1|gnp/this-is-still-quite-a-long-tier-name-even-though-its-not-required.quite-a-long-policy-name",
      "DPE1|gnp/t_FSGxA9eGa6t_A5Rj2agPvl4aq8-eohq0An6xEW4n7_olicy-name",
    ],
    [
      "DPI|tier-012345678901234567890123456789012345678901234567890123",
      "DPI|tier-0_phEfG4Vhbq2xh4TQsePNa2X9YRj5peCVw1FgaNSbd_4567890123",
    ],
    [
      "DPE2|quite-a-long-namespace/quite-a-long-tier-name.quite-a-long-policy-name2",
      "DPE2|quite_1G46uquk9ypeSpt4I-AIn1FSwWxCefDd8GEcuoxHP_licy-name2",
    ],
  ])("%s is %s", (text, expected) => {
    expect(flowLogPrefix(text)).toBe(expected);
  });
});

describe("limits of LOG rules", () => {
  // As iptables 1.8.9 printed them, of both flavours.
  test.each([
    ["5/minute", 5, "--limit 5/min"],
    ["9999/day", 9999, "--limit 9999/day --limit-burst 9999"],
    ["100/second", 100, "--limit 100/sec --limit-burst 100"],
    ["10/hour", 5, "--limit 10/hour"],
    ["60/minute", 5, "--limit 1/sec"],
    ["24/day", 5, "--limit 1/hour"],
    ["25/day", 5, "--limit 25/day"],
    ["9999/second", 5, "--limit 10000/sec"],
    ["7000/hour", 5, "--limit 7001/hour"],
    ["9999/hour", 1, "--limit 10000/hour --limit-burst 1"],
    ["1440/day", 1, "--limit 1/min --limit-burst 1"],
    ["333/second", 5, "--limit 333/sec"],
    ["1/day", 5, "--limit 1/day"],
    ["7/second", 0, "--limit 7/sec"],
  ])("%s with a burst of %i is kept as %s", (rate, burst, expected) => {
    expect(limit({ rate, burst }).text).toBe(`-m limit --limit ${rate} --limit-burst ${burst}`);
    expect(printMatch(limit({ rate, burst }).match!)).toBe(`-m limit ${expected}`);
  });

  // What iptables-legacy 1.8.9 said with Linux 6.
  test.each([
    ["9999/day", 9999, true],
    ["1/day", 4, true],
    ["1/day", 5, false],
    ["7/second", 0, false],
  ])("legacy iptables and %s with a burst of %i: %s", (rate, burst, expected) => {
    expect(isTakenByLegacy({ rate, burst })).toBe(expected);
  });

  test("a limit stands before what the rule asks for", () => {
    const text = saved(ingressPolicy("{ action: Log, protocol: TCP, destination: { ports: [80] } }"), {
      felix: ["LogActionRateLimit=5/minute", "LogActionRateLimitBurst=7"],
    });
    expect(text).toMatch(/-p tcp .* -m limit --limit 5\/min --limit-burst 7 -m multiport --dports 80 -j LOG /);
  });

  test("a LOG rule that a limit may skip decides nothing", () => {
    const of = (felix: readonly string[]) => {
      const policy = ingressPolicy("{ action: Log }, { action: Deny, protocol: UDP }, { action: Allow }");
      const tables = tablesOf(policy, { felix });
      return (["tcp", "udp"] as const).map(
        (protocol) => trace(tables, { source: "10.224.0.5", destination: "10.224.0.4", protocol, port: 80 }).verdict,
      );
    };
    const plain = of([]);
    expect(new Set(plain).size).toBe(2);
    expect(of(["LogActionRateLimit=1/hour"])).toEqual(plain);
    expect(of(["FlowLogsLocalReporter=Enabled"])).toEqual(plain);
  });

  test("a trace does not say that anything depends on such a limit", () => {
    const tables = tablesOf(ingressPolicy("{ action: Log }, { action: Allow }"), {
      felix: ["LogActionRateLimit=1/hour"],
    });
    const packet = { source: "10.224.0.5", destination: "10.224.0.4", protocol: "tcp", port: 80 } as const;
    const { verdict, steps } = trace(tables, packet);
    expect(verdict).toBe("allow");
    expect(steps.some(({ text }) => text.includes("-m limit --limit 1/hour -j LOG "))).toBe(true);
    expect(limitsOnWay(steps)).toEqual([]);
  });
});

describe("features that Felix is told to use or not", () => {
  const flowLogs = "FlowLogsLocalReporter=Enabled";
  const policy = ingressPolicy("{ action: Allow }");

  test.each([
    ["FeatureDetectOverride=", "--nflog-size 80"],
    ["FeatureDetectOverride=NFLogSize=false", "--nflog-range 80"],
    ["FeatureDetectOverride= NFLogSize=F,", "--nflog-range 80"],
    ["FeatureDetectOverride=nflogsize=false,NFLogSize=no", "--nflog-size 80"],
  ])("%s: %s", (override, expected) => {
    expect(saved(policy, { felix: [flowLogs, override] })).toContain(
      `-j NFLOG --nflog-prefix "API0|np/shop/api" --nflog-group 1 ${expected}`,
    );
  });

  test.each([
    ["FeatureDetectOverride=MASQFullyRandom=false", [], "-j MASQUERADE"],
    ["FeatureDetectOverride=SNATFullyRandom=false", [], "-j MASQUERADE --random-fully"],
    ["FeatureDetectOverride=SNATFullyRandom=0", ["NATOutgoingAddress=10.0.0.9"], "-j SNAT --to-source 10.0.0.9"],
  ])("%s with %j: %s", (override, felix, expected) => {
    const pool = `apiVersion: projectcalico.org/v3
kind: IPPool
metadata: { name: pods }
spec: { cidr: 10.224.0.0/24, natOutgoing: true }`;
    const { others = [] } = tablesOf(pool, { felix: [override, ...felix] });
    const rules = others.flatMap(({ chains }) => chains).find(({ name }) => name === "cali-nat-outgoing")!.rules;
    expect(printRule(rules[0]!)).toMatch(new RegExp(`${expected}$`));
  });
});

test("Felix logs these settings when it starts", () => {
  const felix = [
    "LogActionRateLimit=5/minute",
    "LogActionRateLimitBurst=7",
    "FlowLogsGoldmaneServer=goldmane:7443",
    "FeatureDetectOverride=MASQFullyRandom=false,NFLogSize=false",
  ];
  const text = logged("", { felix });
  for (const part of [
    'LogActionRateLimit:"5/minute", LogActionRateLimitBurst:7,',
    "FlowLogsEnabled:true, IstioAmbientModeEnabled",
    "FlowLogsEnabled:true, ServiceLoopPrevention",
    "SNATFullyRandom:true, MASQFullyRandom:false,",
    "NFLogSize:false",
  ])
    expect(text).toContain(part);
  expect(logged("", { felix, generation: "calico-3.24" })).toContain("SNATFullyRandom:true, MASQFullyRandom:false,");
});

describe("prefixes of LOG rules", () => {
  test.each([
    ["x".repeat(27), `"${"x".repeat(27)}: "`],
    ["x".repeat(28), `"${"x".repeat(28)}:"`],
    ["x".repeat(40), "x".repeat(29)],
  ])("the kernel keeps 29 characters of %s", (prefix, kept) => {
    const { text, target } = log(prefix);
    expect(text).toBe(`--jump LOG --log-prefix "${prefix}: " --log-level 5`);
    expect(target).toMatchObject({ words: ["-j", "LOG", "--log-prefix", kept, "--log-level", "5"] });
  });

  // Source: Calico, felix/fv/policy_test.go, "LOG action rule should reflect logPrefix correctly".
  test("words for the policy are replaced, and a % that is none stays", () => {
    const policy = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: ep2-4 }
spec: { selector: all(), ingress: [{ action: Log }] }`;
    const felix = ["LogPrefix=aXy9%n%%t %k %p"];
    expect(saved(policy, { felix })).toContain('--log-prefix "aXy9ep2-4%default gnp ep2-4: "');
    expect(saved(policy, { felix, generation: "calico-3.30" })).toContain('--log-prefix "aXy9%n%%t %k %p: "');
  });
});
