import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LogReader } from "../../../compiler/log/read/log-reader.js";
import { logFormats, logPrinter } from "../../../compiler/log/read/log-printers.js";
import { printIpsetSave } from "../../../compiler/netfilter/print-ipset-save.js";
import { printRule } from "../../../compiler/netfilter/print-rule.js";
import { readWhole } from "../read-back.js";

const ts = "2021/03/02 12:34:56 [1]";
const log = (...lines: readonly string[]) => lines.map((line) => `${ts} ${line}\n`).join("");
const rulesOf = (text: string, chain = "AZURE-NPM") =>
  readWhole(text)
    .tables()
    .chains.find(({ name }) => name === chain)
    ?.rules.map(printRule);
const setsOf = (text: string) => printIpsetSave(readWhole(text).tables().sets);
const run = (words: string) => `Executing iptables command iptables [-w 60 ${words}]`;
const entry = (chain: string, specs: string, isJump = false) =>
  `&{Command: Name: Chain:${chain} Flag: LockWaitTimeInSeconds: IsJumpEntry:${isJump} Specs:[${specs}]}`;

test("headings of tail, and of anpm's own steps, are nothing that was not understood", () => {
  const text = `==> azure-npm.log.1 <==\n${log(run("-N AZURE-NPM"))}==> azure-npm.log <==\n${log("something else")}`;
  expect(
    readWhole(text)
      .summary()
      .unknownLines.map(({ text: line }) => line),
  ).toEqual(["something else"]);
});

describe("rules", () => {
  test("that are announced, then added with a command, count once", () => {
    const specs = "-m set --match-set azure-npm-1 dst -j DROP";
    const text = log(
      run("-N AZURE-NPM"),
      `Adding iptables entry: ${entry("AZURE-NPM", specs)}.`,
      run(`-I AZURE-NPM ${specs}`),
    );
    expect(rulesOf(text)).toEqual([specs]);
  });

  test("that are only announced count too, where they belong", () => {
    const text = log(
      run("-N AZURE-NPM"),
      `Adding iptables entry: ${entry("AZURE-NPM", "-j A")}.`,
      `Adding iptables entry: ${entry("AZURE-NPM", "-j B", true)}.`,
      `Adding iptables entry: ${entry("AZURE-NPM", "2 -j C")}.`,
      `Deleting iptables entry: ${entry("AZURE-NPM", "-j A")}`,
    );
    expect(rulesOf(text)).toEqual(["-j C", "-j B"]);
  });

  test("are as the kernel prints them", () => {
    const words =
      "-p TCP --dport http -m set ! --match-set azure-npm-1 src -s 10.1.2.3/8 -j MARK --set-mark 0x2000 -m comment --comment ALLOW-a:b";
    expect(rulesOf(log(run("-N AZURE-NPM"), run(`-A AZURE-NPM ${words}`)))).toEqual([
      '-s 10.0.0.0/8 -p tcp -m tcp --dport 80 -m set ! --match-set azure-npm-1 src -m comment --comment "ALLOW-a:b" -j MARK --set-xmark 0x2000/0xffffffff',
    ]);
  });

  test("whose command failed are not there, and a check that finds none is no failure", () => {
    const failed = run("-A AZURE-NPM -j DROP");
    const text = log(
      run("-N AZURE-NPM"),
      failed,
      "AppInsights didn't initialized.",
      "Error: There was an error running command: [iptables -w 60 -A AZURE-NPM -j DROP] Stderr: [exit status 4, ]",
      "Adding iptables entry: &{Command: Name: Chain:AZURE-NPM Flag: LockWaitTimeInSeconds: Specs:[-j ACCEPT]}.",
      run("-C AZURE-NPM -j ACCEPT"),
      "Error: There was an error running command: [iptables -w 60 -C AZURE-NPM -j ACCEPT] Stderr: [exit status 1, iptables: Bad rule (does a matching rule exist in that chain?).]",
      "Rule doesn't exist. &{Command: Name: Chain:AZURE-NPM Flag: LockWaitTimeInSeconds:60 Specs:[-j ACCEPT]}.",
      run("-I AZURE-NPM -j ACCEPT"),
    );
    expect(rulesOf(text)).toEqual(["-j ACCEPT"]);
  });

  test("of April 2019: an announced rule is added only where it does not exist", () => {
    const old = (specs: string) =>
      `&{Command: Name:a HashedName:azure-npm-1 Chain:AZURE-NPM Flag: LockWaitTimeInSeconds: Specs:[${specs}]}`;
    const text = log(
      `Add iptables entry: ${old("-j A")}`,
      "",
      `Rule doesn't exist. ${old("-j A")}`,
      "",
      `Add iptables entry: ${old("-j B")}`,
      "",
      `Rule exists. ${old("-j B")}`,
      `Deleting iptables entry: ${old("-j C")}`,
      "",
      `Rule doesn't exist. ${old("-j C")}`,
    ).replaceAll(" [1]", "");
    expect(rulesOf(text)).toEqual(["-j A"]);
  });

  test("of a log that begins too late are as far as it tells, with a word about that", () => {
    const reader = readWhole(log(run("-D AZURE-NPM -j A"), run("-A AZURE-NPM -j B")));
    expect(reader.gaps()).toEqual(["starts-late"]);
    expect(rulesOf(log(run("-D AZURE-NPM -j A"), run("-A AZURE-NPM -j B")))).toEqual(["-j B"]);
  });
});

test("sets are as the kernel prints them, with their readable names", () => {
  const text = log(
    "Creating Set: &{operationFlag:-N name:app:web set:azure-npm-1 spec:[nethash maxelem 4294967295]}",
    "Executing ipset command ipset [-N -exist azure-npm-1 nethash maxelem 4294967295]",
    "Executing ipset command ipset [-A -exist azure-npm-1 10.1.2.3/8 nomatch]",
    "Creating List: &{operationFlag:-N name:all set:azure-npm-2 spec:setlist}",
    "Executing ipset command ipset [-A -exist azure-npm-2 azure-npm-1]",
    "Executing ipset command ipset [-A -exist azure-npm-3 10.0.0.1,TCP:80]",
  );
  expect(setsOf(text)).toBe(
    [
      "create azure-npm-3 hash:ip,port family inet hashsize 1024 maxelem 65536",
      "add azure-npm-3 10.0.0.1,tcp:80",
      "create azure-npm-1 hash:net family inet hashsize 1024 maxelem 4294967295",
      "add azure-npm-1 10.0.0.0/8 nomatch",
      "create azure-npm-2 list:set size 8",
      "add azure-npm-2 azure-npm-1",
      "",
    ].join("\n"),
  );
});

test("lines of other programs are told apart, also in the middle of a message", () => {
  const text = `kernel: eth0 up\n${log("Executing ipset command ipset [-N -exist azure-npm-1 nethash]")}dhclient: bound\n${ts} garbage\n`;
  const { unknown, unknownLines, lines } = readWhole(text).summary();
  expect({ unknown, lines }).toEqual({ unknown: 3, lines: 4 });
  expect(unknownLines.map(({ line, text: said }) => `${line} ${said}`)).toEqual([
    "1 kernel: eth0 up",
    "3 dhclient: bound",
    "4 garbage",
  ]);
});

describe("a last line that is cut off", () => {
  test("changes nothing, unless all of it that counts is there", () => {
    const text = log(run("-N AZURE-NPM"), run("-A AZURE-NPM -j DROP"));
    expect(rulesOf(text.slice(0, -3))).toEqual([]);
    expect(rulesOf(text.slice(0, -1))).toEqual(["-j DROP"]);
    expect(readWhole(text.slice(0, -3)).summary().cutOff).toBe(true);
  });
});

test("objects of all releases have their names", () => {
  const text = [
    "2019/05/06 12:34:56 NAMESPACE CREATING: default/",
    "2019/05/06 12:34:56 POD CREATING: x/p/node-0map[app:web]10.0.0.1",
    "2019/05/06 12:34:56 NETWORK POLICY DELETING: x/pol",
    `${ts} POD CREATING: [0a1b-2c3dns-x/p/node-0map[app:web]10.0.0.1]`,
    `${ts} NETWORK POLICY CREATING: NameSpacens-x, Name:pol`,
    `${ts} NETWORK POLICY DELETING: Namespace: ns-x, Name:pol`,
    `${ts} NAMESPACE UPDATING:\n old namespace: [ns-x/map[]]\n new namespace: [ns-x/map[a:b]]`,
    `${ts} POD UPDATING:\n old pod: [ns-x/p/map[]/Running/10.0.0.1]\n new pod: [ns-x/p/map[]/Running/10.0.0.2]`,
    "I0506 12:34:56.789012       1 podController.go:302] pod x/p not found, may be it is deleted",
    "I0506 12:34:56.789012       1 podController.go:1] POD CREATING: [0a1b/x/p/node-0/map[app:web]/10.0.0.1]",
    "I0506 12:34:56.789012       1 networkPolicyController.go:231] Network Policy x/pol is not found, may be it is deleted",
    "I0506 12:34:56.789012       1 dataplane.go:409] [DataPlane] Add Policy called for x/pol",
  ].join("\n");
  const reader = new LogReader();
  const told = [...reader.feed(`${text}\n`), ...reader.end()].map(({ said }) =>
    said.kind === "object" ? `${said.objectKind} ${said.object} ${said.action}` : said.kind,
  );
  expect(told).toEqual([
    "Namespace default created",
    "Pod x/p created",
    "NetworkPolicy x/pol deleted",
    "Pod x/p created",
    "NetworkPolicy x/pol created",
    "NetworkPolicy x/pol deleted",
    "Namespace x updated",
    "Pod x/p updated",
    "Pod x/p deleted",
    "Pod x/p created",
    "NetworkPolicy x/pol deleted",
    "NetworkPolicy x/pol created",
  ]);
});

test("nothing makes it throw", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      `${ts} `,
      "2019/05/06 12:34:56 ",
      "I0506 12:34:56.789012       1 a.go:1] ",
      "Executing iptables command iptables [-w 60 -I AZURE-NPM 99999999999 -m comment --comment]",
      run("-A AZURE-NPM -m -j -p -s"),
      run("-I INPUT -p TCP --dport"),
      run("-X INPUT"),
      run("-A __proto__ -j constructor"),
      "Executing ipset command ipset [-A -exist __proto__ toString]",
      "Executing ipset command ipset [-N -exist azure-npm-1 hasOwnProperty maxelem -1]",
      "Executing ipset command ipset [-A -exist azure-npm-1 azure-npm-1]",
      "Creating Set: &{operationFlag:-N name: set:a spec:[setlist]}",
      "Adding iptables entry: &{Command: Name: Chain: Flag: LockWaitTimeInSeconds: Specs:[]}.",
      "Error: There was an error running command: [",
      "NAMESPACE UPDATING:\n",
      "\u0000\ufffd\r",
      "\n",
      "\n",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      for (const format of logFormats) {
        const reader = new LogReader();
        const printer = logPrinter(format);
        let text = "";
        for (const one of pieces) for (const event of reader.feed(one)) text += printer.event(event);
        for (const event of reader.end()) text += printer.event(event);
        text += printer.end(reader);
        if (format === "json") JSON.parse(text);
      }
    }),
    { numRuns: 1000, seed: 7 },
  );
});
