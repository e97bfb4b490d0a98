import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { parseIptablesSave } from "../../compiler/netfilter/parse-iptables-save.js";
import { reachByRules } from "../../compiler/simulate/reach-by-rules.js";
import type { TracedTables } from "../../compiler/simulate/trace.js";
import { tracerOf } from "../../compiler/simulate/tracer.js";
import { holdsTraffic, protocols } from "../../compiler/simulate/traffic.js";
import { runs } from "./runs.js";

const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "192.168.0.1", "0.0.0.0", "255.255.255.255"];
const ports = [0, 1, 52, 53, 54, 79, 80, 81, 90, 91, 65535];

const pick = <T>(...items: T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const negation = pick("", "", "! ");
const mark = pick("0x0", "0x1", "0x1/0x1", "0x2/0x2", "0x3/0x3", "0x0/0x1");

const match = fc.oneof(
  fc.tuple(negation, pick("tcp", "udp", "17", "icmp")).map(([not, it]) => `${not}-p ${it}`),
  pick(
    "-p tcp -m tcp --dport 80",
    "-p tcp -m tcp --dport 53:80",
    "-p udp -m udp --dport 53",
    "-p sctp -m sctp --dport 0:90",
  ),
  fc
    .tuple(negation, pick("-s", "-d"), pick("10.0.0.0/24", "10.0.0.1/32", "10.0.0.2/31"))
    .map((words) => words.join(" ")),
  fc
    .tuple(negation, pick("a", "b", "c", "l", "lp", "gaps", "nowhere"), pick("src", "dst"))
    .map(([not, set, flag]) => `-m set ${not}--match-set ${set} ${flag}`),
  fc
    .tuple(negation, pick("p", "q", "lp", "a", "gaps"), pick("dst,dst", "src,dst", "dst,src", "dst"))
    .map(([not, set, flags]) => `-m set ${not}--match-set ${set} ${flags}`),
  fc.tuple(negation, mark).map(([not, value]) => `-m mark ${not}--mark ${value}`),
  pick("-m conntrack --ctstate NEW", "-m conntrack ! --ctstate NEW", "-m conntrack --ctstate DNAT", "-i eth0"),
  pick("-m limit --limit 5/sec", "-m connlimit --connlimit-above 5 --connlimit-mask 0 --connlimit-saddr"),
);

const target = (chain: number): fc.Arbitrary<string> => {
  const later = [1, 2, 3].filter((number) => number > chain).map((number) => `C${number}`);
  return pick(
    "-j ACCEPT",
    "-j DROP",
    "-j RETURN",
    "-j MARK --set-xmark 0x1/0x1",
    "-j MARK --set-xmark 0x2/0x3",
    "-j MARK --set-xmark 0x0/0xffffffff",
    "-j LOG --log-prefix x",
    "-j QUEUE",
    "-j NOTRACK",
    "",
    ...later.flatMap((name) => [`-j ${name}`, `-j ${name}`, `-j ${name}`, `-g ${name}`]),
  );
};

const chain = (number: number): fc.Arbitrary<string[]> =>
  fc.array(
    fc
      .tuple(fc.array(match, { maxLength: 3 }), target(number))
      .map(([matches, action]) =>
        `-A ${number === 0 ? "FORWARD" : `C${number}`} ${[...matches, action].join(" ")}`.trim(),
      ),
    { maxLength: 6 },
  );

const network = pick(
  "10.0.0.0/8",
  "10.0.0.0/24",
  "10.0.0.2/31",
  "10.0.0.1",
  "10.0.0.3",
  "192.168.0.0/16",
  "128.0.0.0/1",
);
const member = fc.tuple(network, pick("", "", " nomatch")).map(([text, option]) => `${text}${option}`);
const named = fc
  .tuple(pick(...addresses), pick("tcp:80", "tcp:1", "udp:53", "sctp:80", "icmp:8/0"))
  .map((words) => words.join(","));

const sets = fc.record({
  a: fc.uniqueArray(member, { maxLength: 4, selector: (text) => text.split(" ")[0] }),
  b: fc.uniqueArray(member, { maxLength: 4, selector: (text) => text.split(" ")[0] }),
  c: fc.uniqueArray(pick(...addresses), { maxLength: 3 }),
  p: fc.uniqueArray(named, { maxLength: 4 }),
  q: fc.uniqueArray(named, { maxLength: 4 }),
  l: fc.uniqueArray(pick("a", "b", "c"), { maxLength: 2 }),
  lp: fc.uniqueArray(pick("a", "p", "q"), { maxLength: 3 }),
  gaps: fc.uniqueArray(pick("a", "p", "nowhere"), { maxLength: 3 }),
});

const tables = fc
  .record({ policy: pick("ACCEPT", "DROP"), chains: fc.tuple(chain(0), chain(1), chain(2), chain(3)), sets })
  .map(({ policy, chains, sets: members }): string => {
    const types: Record<string, string> = {
      c: "hash:ip",
      p: "hash:ip,port",
      q: "hash:ip,port",
      l: "list:set",
      lp: "list:set",
      gaps: "list:set",
    };
    const dump = Object.entries(members).flatMap(([name, items]) => {
      const type = types[name] ?? "hash:net";
      return [
        `create ${name} ${type} ${type === "list:set" ? "size 8" : "family inet"}`,
        ...items.map((item) => `add ${name} ${item}`),
      ];
    });
    return ["*filter", `:FORWARD ${policy}`, ":C1 -", ":C2 -", ":C3 -", ...chains.flat(), "COMMIT", ...dump].join("\n");
  });

const natTarget = pick(
  "-j DNAT --to-destination 10.0.0.3",
  "-j DNAT --to-destination 10.0.1.1:80",
  "-j DNAT --to-destination 10.0.0.1-10.0.0.2",
  "-j MARK --set-xmark 0x1/0x1",
  "-j ACCEPT",
  "-j RETURN",
  "-j N1",
);

/** Of table nat, the first of them the one where walks begin. */
const natChains = fc
  .array(
    fc.tuple(pick(0, 0, 1), fc.array(match, { maxLength: 2 }), natTarget).map(([number, matches, action]) => {
      return `-A N${number} ${[...matches, number === 1 && action === "-j N1" ? "-j RETURN" : action].join(" ")}`.trim();
    }),
    { maxLength: 5 },
  )
  .map((rules) => ["*nat", ":PREROUTING ACCEPT", ":N0 -", ":N1 -", ...rules, "COMMIT"].join("\n"));

describe("reach by rules", () => {
  test("answers for all packets at once what a trace answers for each", () => {
    fc.assert(
      fc.property(tables, pick("new" as const, "established" as const), (text, state) => {
        expect(differences(text, state)).toEqual([]);
      }),
      runs(600),
    );
  }, 600_000);

  test("canary: a trace through other rules differs", () => {
    const text = "*filter\n:FORWARD DROP\n-A FORWARD -p tcp -j ACCEPT\nCOMMIT\n";
    expect(differences(text, "new", read(text.replace("tcp", "udp")))).toContain(
      "10.0.0.1 10.0.0.2 tcp 80: deny, reach says allow",
    );
  });

  test("addresses in the same sets are one class, whatever else is in the sets", () => {
    const reach = reachByRules(
      read(
        "*filter\n-A FORWARD -m set --match-set a src -j DROP\nCOMMIT\ncreate a hash:net family inet\nadd a 10.0.0.0/24\nadd a 10.0.0.9 nomatch\nadd a 10.2.0.0/16",
      ),
    );
    expect(reach.sourceClass("10.0.0.1")).toBe(reach.sourceClass("10.2.7.7"));
    expect(reach.sourceClass("10.0.0.9")).toBe(reach.sourceClass("11.0.0.1"));
    expect(reach.sourceClass("10.0.0.1")).not.toBe(reach.sourceClass("10.0.0.9"));
    expect(reach.destinationClass("10.0.0.1")).toBe(reach.destinationClass("11.0.0.1"));
  });

  test("so it does where chains of nat change destinations on the way", () => {
    fc.assert(
      fc.property(tables, natChains, pick("new" as const, "established" as const), (text, chains, state) => {
        expect(differences(`${text}\n${chains}`, state)).toEqual([]);
      }),
      runs(300),
    );
  }, 600_000);

  test("canary: without them a trace differs", () => {
    const text = "*filter\n:FORWARD ACCEPT\n-A FORWARD -d 10.0.0.3/32 -j DROP\nCOMMIT\n";
    const nat =
      "*nat\n:PREROUTING ACCEPT\n:N0 -\n-A N0 -d 10.0.0.2/32 -p tcp -j DNAT --to-destination 10.0.0.3\nCOMMIT\n";
    expect(differences(text + nat, "new")).toEqual([]);
    expect(differences(text + nat, "new", read(text))).toContain("10.0.0.1 10.0.0.2 tcp 80: allow, reach says deny");
  });
});

/** Packets for which a trace and reach differ. */
function differences(text: string, state: "new" | "established", traced = read(text)): readonly string[] {
  const tracer = tracerOf(traced);
  const reach = reachByRules(read(text), { state });
  const found: string[] = [];
  for (const source of addresses) {
    for (const destination of addresses) {
      const { allowed, depends } = reach.between(reach.sourceClass(source), reach.destinationClass(destination));
      for (const protocol of protocols) {
        for (const port of protocol === "other" ? [0] : ports) {
          const verdict = tracer.verdict({ source, destination, protocol, port }, { state });
          const expected = holdsTraffic(allowed, protocol, port)
            ? "allow"
            : holdsTraffic(depends, protocol, port)
              ? "depends"
              : "deny";
          if (verdict !== expected)
            found.push(`${source} ${destination} ${protocol} ${port}: ${verdict}, reach says ${expected}`);
        }
      }
    }
  }
  return found;
}

/** Tables from an iptables-save and an ipset save in one text. */
function read(text: string): TracedTables {
  const lines = text.split("\n");
  const tables = lines.filter((line) => !/^(create|add) /.test(line)).join("\n");
  const rules = parseIptablesSave(tables, ["filter", "nat"]);
  const dump = parseIpsetSave(lines.filter((line) => /^(create|add) /.test(line)).join("\n"));
  if (rules.problems.length > 0 || dump.problems.length > 0)
    throw new Error(JSON.stringify([rules.problems, dump.problems]));
  const natChains = { PREROUTING: "N0", OUTPUT: "N0", POSTROUTING: "none" };
  return { chains: rules.chains, others: rules.others, sets: dump.sets, ...(rules.others.length > 0 && { natChains }) };
}
