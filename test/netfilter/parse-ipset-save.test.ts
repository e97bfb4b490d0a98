import { expect, test } from "vitest";
import { parseIpsetSave } from "../../compiler/netfilter/parse-ipset-save.js";
import { printIpsetSave } from "../../compiler/netfilter/print-ipset-save.js";

test("sets are read with their members", () => {
  const text = `create a hash:net family inet hashsize 4096 maxelem 65536 bucketsize 12 initval 0x1f2e3d4c
add a 10.0.0.0/8
add a 10.1.0.0/16 nomatch
create b hash:ip,port family inet hashsize 1024 maxelem 65536
add b 10.0.0.1,tcp:80
create c hash:net family inet hashsize 1024 maxelem 4294967295
create l list:set size 8
add l a
`;
  const { sets, others, problems } = parseIpsetSave(text);
  expect({ sets, others, problems }).toEqual({
    sets: [
      { name: "a", type: "hash:net", members: ["10.0.0.0/8", "10.1.0.0/16 nomatch"] },
      { name: "b", type: "hash:ip,port", members: ["10.0.0.1,tcp:80"] },
      { name: "c", type: "hash:net", maxElements: 4294967295, members: [] },
      { name: "l", type: "list:set", members: ["a"] },
    ],
    others: [],
    problems: [],
  });
  expect(printIpsetSave(sets)).toBe(
    text.replace("hashsize 4096", "hashsize 1024").replace(" bucketsize 12 initval 0x1f2e3d4c", ""),
  );
});

test.each([
  "hash:mac",
  "hash:net family inet6 timeout 300",
  "hash:ip family inet timeout 300",
  "bitmap:port range 0-1023",
])("a set that nothing interprets keeps its lines: %s", (kind) => {
  const lines = [`create x ${kind}`, "add x something timeout 5"];
  expect(parseIpsetSave(lines.join("\r\n"))).toEqual({ sets: [], others: [{ name: "x", lines }], problems: [] });
});

test("sets of IPv6 are told apart", () => {
  const text = "create x hash:net family inet6 hashsize 1024 maxelem 65536\nadd x fd00::/8\n";
  const { sets } = parseIpsetSave(text);
  expect(sets).toEqual([{ name: "x", type: "hash:net", family: "inet6", members: ["fd00::/8"] }]);
  expect(printIpsetSave(sets)).toBe(text);
});

test("lines that cannot be read are named", () => {
  const text = "add a 10.0.0.1\ncreate a\nhello\ncreate b hash:net\ncreate b hash:net\nadd b\n";
  expect(parseIpsetSave(text).problems).toEqual([
    { line: 1, message: "set a is not created before its members" },
    { line: 2, message: "create a is cut off" },
    { line: 3, message: 'expected "create NAME TYPE ..." or "add NAME MEMBER", not "hello"' },
    { line: 5, message: "set b is created twice" },
    { line: 6, message: "add b is cut off" },
  ]);
});
