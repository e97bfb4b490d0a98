import { describe, expect, test } from "vitest";
import { compile, describeQuestions, legendOf, liftLimits } from "../../compiler/index.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { printRule } from "../../compiler/netfilter/print-rule.js";
import { describeLimit, limitsOnWay } from "../../compiler/simulate/limit-words.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import { trace } from "../../compiler/simulate/tracer.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import { holdsTraffic, type Traffic } from "../../compiler/simulate/traffic.js";
import { readFileSync } from "node:fs";

const packet = { source: "10.0.0.1", destination: "10.0.0.2", protocol: "tcp", port: 80 } as const;

const tablesOf = (rules: string): TracedTables => ({
  chains: parseIptablesSave(`*filter\n${rules}\nCOMMIT\n`).chains,
  sets: [],
});

describe("packets are taken to be within limits", () => {
  test.each([
    ["-A FORWARD -m limit --limit 5/min -j ACCEPT\n-A FORWARD -j DROP", "allow"],
    ["-A FORWARD -m limit --limit 5/min -j DROP", "deny"],
    ["-A FORWARD -m connlimit --connlimit-above 3 --connlimit-mask 32 --connlimit-saddr -j DROP", "allow"],
    ["-A FORWARD -m connlimit --connlimit-upto 3 --connlimit-mask 32 --connlimit-saddr -j DROP", "deny"],
    ["-A FORWARD -m hashlimit --hashlimit-upto 3/sec --hashlimit-mode srcip --hashlimit-name a -j DROP", "depends"],
  ])("%s: %s", (rules, expected) => {
    const tables = tablesOf(`:FORWARD ACCEPT [0:0]\n${rules}`);
    expect(trace(tables, packet).verdict).toBe(expected);
    const reach = reachByRules(tables);
    const { allowed, depends } = reach.between(
      reach.sourceClass(packet.source),
      reach.destinationClass(packet.destination),
    );
    const holds = (traffic: Traffic): boolean => holdsTraffic(traffic, "tcp", 80);
    expect(holds(allowed) ? "allow" : holds(depends) ? "depends" : "deny").toBe(expected);
  });
});

test("DSCP lets the packet go on", () => {
  const tables = tablesOf(":FORWARD ACCEPT [0:0]\n-A FORWARD -j DSCP --set-dscp 0x2e\n-A FORWARD -j DROP");
  expect(trace(tables, packet).verdict).toBe("deny");
});

test("limits in words", () => {
  const words = (text: string): readonly string[] => text.split(" ");
  expect(describeLimit(words("-m limit --limit 5/min"), true)).toBe("it is within 5 packets a minute, 5 at once");
  expect(describeLimit(words("-m limit --limit 5/sec --limit-burst 9"), false)).toBe(
    "it is over 5 packets a second, 9 at once",
  );
  const above = "-m connlimit --connlimit-above 20 --connlimit-mask 0 --connlimit-saddr";
  expect(describeLimit(words(above), false)).toBe("it is within 20 connections at one time");
  expect(describeLimit(words(above), true)).toBe("it is over 20 connections at one time");
  expect(describeLimit(words("-m connlimit --connlimit-upto 2 --connlimit-mask 24 --connlimit-daddr"), true)).toBe(
    "it is within 2 connections at one time to one block of 24 bits",
  );
  expect(describeLimit(words("-m owner --uid-owner 0"), true)).toBeUndefined();
});

test("a trace names the limits on the way, and rules are explained with them", () => {
  const text = readFileSync("golden/calico-qos/manifests.yaml", "utf8");
  const { tables } = compile([{ name: "a.yaml", text }], { engine: "calico", node: "node-0" }).result!;
  const found = trace(tables, { source: "10.224.0.11", destination: "10.224.0.4", protocol: "tcp", port: 80 });
  expect(found.verdict).toBe("allow");
  expect(limitsOnWay(found.steps)).toEqual([
    "cali-fw-azv551b05c3e54 3 (1 connection at one time)",
    "cali-tw-azv50d8cbfc60a 2 (1000 packets a second, 2000 at once)",
    "cali-tw-azv50d8cbfc60a 7 (20 connections at one time)",
  ]);
  const udp = trace(tables, { source: "10.224.0.11", destination: "10.224.0.4", protocol: "udp", port: 80 });
  expect(limitsOnWay(udp.steps)).toEqual(["cali-tw-azv50d8cbfc60a 2 (1000 packets a second, 2000 at once)"]);
  const { rules } = tables.chains.find(({ name }) => name.startsWith("cali-tw-azv50d8"))!;
  expect(describeQuestions(rules[6]!, legendOf(tables))).toBe(
    "the protocol is tcp, it opens a connection of TCP, and it is over 20 connections at one time",
  );
});

test("lifted, limits are gone from rules, and rules for what is over them", () => {
  const rules = [
    ":FORWARD ACCEPT [0:0]",
    "-A FORWARD -p icmp -m limit --limit 1/sec -j ACCEPT",
    "-A FORWARD -p tcp -m connlimit --connlimit-above 3 --connlimit-mask 0 --connlimit-saddr -j DROP",
    "-A FORWARD -p udp -j DROP",
  ];
  const { tables, lifted } = liftLimits(tablesOf(rules.join("\n")));
  const { rules: left } = tables.chains.find(({ name }) => name === "FORWARD")!;
  expect([lifted, ...left.map(printRule)]).toEqual([2, "-p icmp -j ACCEPT", "-p udp -j DROP"]);
});
