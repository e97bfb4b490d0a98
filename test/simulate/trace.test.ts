import { describe, expect, test } from "vitest";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { decidingStep, type TraceOptions, type TracePacket, type TraceStep } from "../../compiler/simulate/trace.js";
import { trace } from "../../compiler/simulate/tracer.js";

const packet: TracePacket = { source: "10.0.0.1", destination: "10.0.0.2", protocol: "tcp", port: 80 };

describe("verdicts", () => {
  test("a packet that no rule takes meets the policy of FORWARD", () => {
    expect(walk(":FORWARD DROP", {})).toBe("deny");
    expect(walk(":FORWARD ACCEPT", {})).toBe("allow");
  });

  test("a dump without a FORWARD chain accepts, as the kernel does", () => {
    expect(walk("", {})).toBe("allow");
  });

  test("REJECT refuses, LOG lets the packet go on", () => {
    expect(walk("-A FORWARD -j REJECT --reject-with icmp-port-unreachable", {})).toBe("deny");
    expect(walk('-A FORWARD -j LOG --log-prefix "x "\n-A FORWARD -j DROP', {})).toBe("deny");
    expect(walk("-A FORWARD -j TCPMSS --clamp-mss-to-pmtu\n-A FORWARD -j DROP", {})).toBe("deny");
  });

  test("CONNMARK lets the packet go on; when it restores marks, nobody knows which", () => {
    expect(walk("-A FORWARD -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff\n-A FORWARD -j DROP", {})).toBe("deny");
    expect(walk("-A FORWARD -j CONNMARK --restore-mark\n-A FORWARD -j DROP", {})).toBe("depends");
  });

  test("NOTRACK lets a packet go on; one of a connection does so without it", () => {
    const walked = (rules: string) =>
      (["new", "established"] as const).map((state) => walk(`-A FORWARD -j NOTRACK\n${rules}`, {}, { state }));
    expect(walked("-A FORWARD -j DROP")).toEqual(["deny", "deny"]);
    expect(walked("-A FORWARD -p udp -j DROP")).toEqual(["allow", "allow"]);
    const known = "-m conntrack --ctstate RELATED,ESTABLISHED";
    expect(walked(`-A FORWARD ${known} -j ACCEPT\n-A FORWARD -j DROP`)).toEqual(["deny", "deny"]);
    expect(walked("-A FORWARD -m conntrack ! --ctstate ESTABLISHED -j DROP")).toEqual(["deny", "deny"]);
    expect(walked("-A FORWARD -m conntrack --ctstate UNTRACKED -j DROP")).toEqual(["allow", "deny"]);
  });

  test("what is kept out of connection tracking stays so when its mark changes", () => {
    const rules = "-A FORWARD -m mark --mark 0x1/0x1 -j NOTRACK\n-A FORWARD -j MARK --set-xmark 0xff/0xffffffff\n";
    const last = "-A FORWARD -m conntrack --ctstate ESTABLISHED -m mark --mark 0xff -j ACCEPT\n-A FORWARD -j DROP";
    expect(walk(rules + last, {}, { state: "established", mark: 1 })).toBe("deny");
    expect(walk(rules + last, {}, { state: "established", mark: 2 })).toBe("allow");
  });

  test("RETURN and the end of a chain lead back behind the jump", () => {
    const chains = ":FORWARD ACCEPT\n:A -\n:B -\n-A FORWARD -j A\n-A FORWARD -j B\n-A FORWARD -j ACCEPT\n";
    expect(walk(`${chains}-A A -j RETURN\n-A A -j DROP\n-A B -p udp -j ACCEPT`, {})).toBe("allow");
    expect(walk(`${chains}-A A -p udp -j RETURN\n-A A -j DROP`, {})).toBe("deny");
  });

  test("a chain that was gone to leads back behind the jump of the chain before", () => {
    const chains = ":FORWARD ACCEPT\n:A -\n:B -\n-A FORWARD -j A\n-A FORWARD -j ACCEPT\n-A A -g B\n-A A -j DROP\n";
    expect(walk(`${chains}-A B -p udp -j DROP`, {})).toBe("allow");
  });

  test("a chain may have more rules than a function takes arguments", () => {
    const rules = `:FORWARD ACCEPT\n${"-A FORWARD -s 10.9.9.9/32 -j ACCEPT\n".repeat(200_000)}-A FORWARD -j DROP`;
    expect(walk(rules, {})).toBe("deny");
  });

  test("RETURN in FORWARD itself means its policy", () => {
    expect(walk(":FORWARD DROP\n-A FORWARD -j RETURN\n-A FORWARD -j ACCEPT", {})).toBe("deny");
  });

  test("the walk may begin in another built-in chain", () => {
    expect(walk(":INPUT DROP\n:FORWARD ACCEPT", {}, { chain: "INPUT" })).toBe("deny");
  });

  test("a made-up table with a loop gives no verdict, and an end", () => {
    expect(walk(":FORWARD ACCEPT\n:A -\n:B -\n-A FORWARD -j A\n-A A -j B\n-A B -j A", {})).toBe("depends");
  });

  test("a made-up table whose chains call the next one twice, fifty deep, is walked in no time", () => {
    const headers = Array.from({ length: 50 }, (_, i) => `:C${i} -`);
    const rules = Array.from({ length: 49 }, (_, i) => `-A C${i} -j C${i + 1}\n-A C${i} -j C${i + 1}`);
    expect(walk([":FORWARD DROP", ...headers, "-A FORWARD -j C0", ...rules].join("\n"), {})).toBe("deny");
  });
});

describe("matches", () => {
  test.each([
    ["-p tcp", true],
    ["-p 6", true],
    ["! -p tcp", false],
    ["-p udp", false],
    ["-p tcp -m tcp --dport 80", true],
    ["-p tcp -m tcp --dport 79:80", true],
    ["-p tcp -m tcp --dport 81:90", false],
    ["-p udp -m udp --dport 80", false],
    ["-p tcp -m tcp", true],
    ["-s 10.0.0.0/31", true],
    ["-s 10.0.0.1/32", true],
    ["! -s 10.0.0.1/32", false],
    ["-d 10.0.0.1/32", false],
    ["-m conntrack --ctstate NEW", true],
    ["-m conntrack ! --ctstate NEW", false],
    ["-m conntrack --ctstate RELATED,ESTABLISHED", false],
    ["-m state --state RELATED,ESTABLISHED", false],
    ["-m comment --comment x", true],
    ["-m mark --mark 0x0", true],
    ["-m mark --mark 0x1", false],
    ["-m mark ! --mark 0x1/0x1", true],
  ])("a new TCP packet from 10.0.0.1 to 10.0.0.2:80 and %s: %s", (matches, expected) => {
    expect(walk(`:FORWARD DROP\n-A FORWARD ${matches} -j ACCEPT`, {})).toBe(expected ? "allow" : "deny");
  });

  test("the state of the connection is as given", () => {
    const rules = ":FORWARD DROP\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
    expect(walk(rules, {}, { state: "established" })).toBe("allow");
  });

  test("the mark is as given, changes under its mask, and comes back from chains", () => {
    const rules = [
      ":FORWARD DROP",
      ":M -",
      "-A FORWARD -j M",
      "-A FORWARD -m mark --mark 0x2f0 -j ACCEPT",
      "-A M -j MARK --set-xmark 0x200/0x300",
    ].join("\n");
    expect(walk(rules, {}, { mark: 0x1f0 })).toBe("allow");
    expect(walk(rules, {}, { mark: 0x1f1 })).toBe("deny");
    expect(
      walk(
        ":FORWARD DROP\n-A FORWARD -j MARK --set-xmark 0x0/0xffffffff\n-A FORWARD -m mark --mark 0x0 -j ACCEPT",
        {},
        { mark: 0xffffffff },
      ),
    ).toBe("allow");
    // With a mask of 0, --set-xmark flips bits.
    expect(
      walk(
        ":FORWARD DROP\n-A FORWARD -j MARK --set-xmark 0x1/0x0\n-A FORWARD -m mark --mark 0x0 -j ACCEPT",
        {},
        { mark: 1 },
      ),
    ).toBe("allow");
  });
});

describe("sets", () => {
  const sets = {
    near: ["hash:net", "10.0.0.0/8", "10.0.0.0/24 nomatch", "10.0.0.1"],
    exact: ["hash:ip", "10.0.0.2"],
    named: ["hash:ip,port", "10.0.0.2,tcp:80", "10.0.0.2,udp:53"],
    list: ["list:set", "exact", "near"],
    ports: ["list:set", "exact", "named"],
  };

  test.each([
    ["--match-set near src", true], // 10.0.0.1 is longer than the exception
    ["--match-set near dst", false], // the exception is longer than 10.0.0.0/8
    ["! --match-set near dst", true],
    ["--match-set exact dst", true],
    ["--match-set list src", true],
    ["--match-set list dst", true],
    ["! --match-set list dst", false],
    ["--match-set named dst,dst", true],
    ["--match-set named src,dst", false],
    ["--match-set named dst", false], // fewer flags than dimensions
    ["--match-set near src,dst", true], // further flags are not looked at
    ["--match-set ports dst,dst", true],
    ["--match-set ports src,dst", false],
  ])("10.0.0.1 to 10.0.0.2:80 and %s: %s", (match, expected) => {
    expect(walk(`:FORWARD DROP\n-A FORWARD -m set ${match} -j ACCEPT`, sets)).toBe(expected ? "allow" : "deny");
  });

  test("an exception in one set of a list does not undo another set's answer", () => {
    const both = { ...sets, list: ["list:set", "near", "exact"] };
    expect(walk(":FORWARD DROP\n-A FORWARD -m set --match-set list dst -j ACCEPT", both)).toBe("allow");
  });
});

describe("what nothing here interprets", () => {
  const missing = "-m set --match-set nowhere src";

  test.each([
    ["a foreign match", "-i eth0"],
    ["a set that is not in the dump", missing],
    ["a set in a list that is not in the dump", "-m set --match-set gaps src"],
    ["a source port", "-m set --match-set named dst,src"],
    ["translation of addresses", "-m conntrack --ctstate DNAT"],
  ])("%s makes the verdict depend on it", (_, match) => {
    const sets = { gaps: ["list:set", "nowhere"], named: ["hash:ip,port", "10.0.0.2,tcp:80"] };
    expect(walk(`:FORWARD DROP\n-A FORWARD ${match} -j ACCEPT`, sets)).toBe("depends");
  });

  test("it changes nothing where both ways end alike", () => {
    expect(walk(":FORWARD DROP\n-A FORWARD -i eth0 -j DROP", {})).toBe("deny");
    expect(walk(":FORWARD ACCEPT\n:A -\n-A FORWARD -i eth0 -j A\n-A A -p udp -j DROP", {})).toBe("allow");
  });

  test("it changes nothing beside a match that fails", () => {
    expect(walk(":FORWARD DROP\n-A FORWARD -i eth0 -p udp -j ACCEPT", {})).toBe("deny");
    expect(walk(`:FORWARD DROP\n-A FORWARD ${missing} -p udp -j ACCEPT`, {})).toBe("deny");
  });

  test("a list with a gap still holds what its other sets hold", () => {
    const sets = { gaps: ["list:set", "nowhere", "exact"], exact: ["hash:ip", "10.0.0.1"] };
    expect(walk(":FORWARD DROP\n-A FORWARD -m set --match-set gaps src -j ACCEPT", sets)).toBe("allow");
  });

  test("marks that were set only perhaps are followed both ways", () => {
    const rules = ":FORWARD DROP\n-A FORWARD -i eth0 -j MARK --set-xmark 0x1/0x1\n";
    expect(walk(`${rules}-A FORWARD -m mark --mark 0x1/0x1 -j ACCEPT`, {})).toBe("depends");
    expect(
      walk(`${rules}-A FORWARD -m mark --mark 0x1/0x1 -j ACCEPT\n-A FORWARD -m mark --mark 0x0/0x1 -j ACCEPT`, {}),
    ).toBe("allow");
  });

  test("a foreign target may do anything", () => {
    expect(walk(":FORWARD ACCEPT\n-A FORWARD -j NFQUEUE --queue-num 1", {})).toBe("depends");
    expect(walk(":FORWARD ACCEPT\n-A FORWARD -p udp -j NFQUEUE --queue-num 1", {})).toBe("allow");
  });

  test("without a port, rules with ports may match or not", () => {
    const rules = ":FORWARD DROP\n-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT";
    expect(walk(rules, {}, {}, { source: "10.0.0.1", destination: "10.0.0.2", protocol: "tcp" })).toBe("depends");
  });

  test("another protocol may be just the one that a rule names", () => {
    const other: TracePacket = { source: "10.0.0.1", destination: "10.0.0.2", protocol: "other" };
    expect(walk(":FORWARD DROP\n-A FORWARD -p icmp -j ACCEPT", {}, {}, other)).toBe("depends");
    expect(walk(":FORWARD DROP\n-A FORWARD ! -p tcp -j ACCEPT", {}, {}, other)).toBe("allow");
    expect(walk(":FORWARD DROP\n-A FORWARD -p icmp -j ACCEPT", {})).toBe("deny");
  });
});

test("the steps tell the walk: chain, number, text, each match with its answer, what was done", () => {
  const tables = tablesOf(
    [
      ":FORWARD ACCEPT",
      ":A -",
      "-A FORWARD -m conntrack --ctstate NEW -j A",
      "-A A -p udp -m set --match-set exact dst -j ACCEPT",
      '-A A -m set --match-set exact dst -m comment --comment "to it" -j MARK --set-xmark 0x4/0x4',
      "-A A -m mark --mark 0x4/0x4 -i eth0 -j DROP",
    ].join("\n"),
    { exact: ["hash:ip", "10.0.0.2"] },
  );
  const found = trace(tables, packet);
  expect(found.steps.map(show)).toEqual([
    "FORWARD 1: -m conntrack --ctstate NEW (true) -> jump A, matched true",
    "A 1: -p udp (false) -m set --match-set exact dst (true) -> none, matched false",
    "A 2: -m set --match-set exact dst (true) -> mark 4, matched true",
    "A 3: -m mark --mark 0x4/0x4 (true) -i eth0 (unknown) -> drop, matched unknown",
    "FORWARD 0:  -> accept, matched unknown",
  ]);
  expect(found.steps[2]!.text).toBe(
    '-m set --match-set exact dst -m comment --comment "to it" -j MARK --set-xmark 0x4/0x4',
  );
  expect(found.verdict).toBe("depends");
  expect(decidingStep(found)).toBeUndefined();
});

test("the deciding step is the one that refused", () => {
  const found = trace(tablesOf(":FORWARD ACCEPT\n:A -\n-A FORWARD -j A\n-A A -p tcp -j REJECT", {}), packet);
  expect(decidingStep(found)).toMatchObject({ chain: "A", rule: 1, action: "reject" });
});

function show({ chain, rule, matches, matched, action, to, mark }: TraceStep): string {
  const answers = matches.map(({ text, outcome }) => `${text} (${outcome})`).join(" ");
  return `${chain} ${rule}: ${answers} -> ${[action, to, mark].filter((it) => it !== undefined).join(" ")}, matched ${matched}`;
}

/** Sets: name → type, then members. */
type Sets = Readonly<Record<string, readonly string[]>>;

function walk(lines: string, sets: Sets, options: TraceOptions = {}, what: TracePacket = packet): string {
  return trace(tablesOf(lines, sets), what, options).verdict;
}

/** Tables from lines of iptables-save without the frame; a built-in chain needs no header. */
function tablesOf(lines: string, sets: Sets): Parameters<typeof trace>[0] {
  const rules = parseIptablesSave(`*filter\n${lines === "" ? "" : `${lines}\n`}COMMIT\n`);
  const dump = Object.entries(sets).flatMap(([name, [type, ...members]]) => [
    type === "list:set"
      ? `create ${name} list:set size 8`
      : `create ${name} ${type} family inet hashsize 1024 maxelem 65536`,
    ...members.map((member) => `add ${name} ${member}`),
  ]);
  const parsed = parseIpsetSave(dump.join("\n"));
  if (rules.problems.length > 0 || parsed.problems.length > 0) {
    throw new Error(JSON.stringify([rules.problems, parsed.problems]));
  }
  return { chains: rules.chains, sets: parsed.sets };
}
