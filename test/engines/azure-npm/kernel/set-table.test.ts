import { expect, test } from "vitest";
import { SetTable } from "../../../../compiler/engines/azure-npm/kernel/set-table.js";

const purpose = { readableName: "a set", origin: { kind: "engine", reason: "test" } } as const;

function setOf(type: "hash:net" | "hash:ip,port") {
  const sets = new SetTable();
  sets.create("set", { type }, purpose);
  const add = (...members: readonly string[]) => members.map((member) => sets.add("set", member));
  return { sets, add, members: () => sets.list()[0]!.members };
}

test("networks are masked, and what is no IPv4 network is refused", () => {
  const { add, members } = setOf("hash:net");
  expect(add("192.168.3.77/20", "10.0.0.1/32", "2001:db8::/32", "10.0.0.0/0")).toEqual([0, 0, 1, 1]);
  expect(members()).toEqual(["10.0.0.1", "192.168.0.0/20"]);
});

test("the newest word says whether a network is excepted", () => {
  const { add, members } = setOf("hash:net");
  add("10.0.0.0/8", "10.0.0.0/8 nomatch");
  expect(members()).toEqual(["10.0.0.0/8 nomatch"]);
  add("10.0.0.0/8");
  expect(members()).toEqual(["10.0.0.0/8"]);
});

test("a port without a protocol is one of TCP", () => {
  const { sets, add, members } = setOf("hash:ip,port");
  add("10.0.0.1,80", "10.0.0.1,TCP:80", "10.0.0.1,udp:53");
  expect(members()).toEqual(["10.0.0.1,tcp:80", "10.0.0.1,udp:53"]);
  sets.remove("set", "10.0.0.1,80");
  expect(members()).toEqual(["10.0.0.1,udp:53"]);
});

test("a list holds sets that are there, and no lists", () => {
  const { sets } = setOf("hash:net");
  for (const name of ["list", "other"]) sets.create(name, { type: "list:set" }, purpose);
  expect(["set", "nobody", "other"].map((member) => sets.add("list", member))).toEqual([0, 1, 1]);
});

test("the same name with another type or size is refused", () => {
  const { sets } = setOf("hash:net");
  expect(sets.create("set", { type: "hash:net" }, purpose)).toBe(0);
  expect(sets.create("set", { type: "list:set" }, purpose)).toBe(1);
  expect(sets.create("set", { type: "hash:net", maxElements: 4294967295 }, purpose)).toBe(1);
});
