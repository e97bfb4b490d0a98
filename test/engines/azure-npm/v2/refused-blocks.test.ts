import { describe, expect, test } from "vitest";
import { replayWritten, type WrittenStep } from "../replay-written.js";

/** Policies that the chain of ingress jumps to, sets and commands, after each step. */
function run(generation: string, written: readonly WrittenStep[]) {
  const { steps, print, codes } = replayWritten(generation, written);
  const enforced = (index: number) =>
    [...print("iptables-save", index).matchAll(/INGRESS-POLICY-x\/(\w+)-TO/g)].map(([, name]) => name);
  const membersOf = (set: string, index: number) =>
    steps[index]!.tables.sets.find(({ readableName }) => readableName === set)?.members;
  return { print, enforced, membersOf, codes: codes.filter((code) => !/npm-skips|another-release/.test(code)) };
}

const policy = (name: string, ...peers: readonly string[]) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: ${name}}, spec: {podSelector: {}, ingress: [{from: [${peers.join()}]}]}}`;
const block = (cidr: string) => `{ipBlock: {cidr: "${cidr}"}}`;
const web = "{podSelector: {matchLabels: {app: web}}}";
const database = "{podSelector: {matchLabels: {app: db}}}";
const refused = [block("2001:db8:1::/48"), block("2001:db8:2::/48"), block("2001:db8:3::/48")];
const good = block("10.0.0.0/8");
const pod =
  "{apiVersion: v1, kind: Pod, metadata: {namespace: x, name: a, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.240.0.5}}";

/** Source: Azure NPM v1.4.45, its data plane run with the blocks let through, and three tries. */
describe("three blocks that ipset refuses, where NPM remembers what is to be done", () => {
  const stuck = () =>
    run("v1.4.30", [
      ["apply", policy("g", web)],
      ["apply", policy("bad", ...refused, good)],
      ["apply", policy("later", database, block("11.0.0.0/8"))],
      ["apply", policy("g", database)],
      ["apply", pod],
      ["delete", policy("bad", ...refused, good)],
      ["apply", policy("last", web)],
      ["reconcile", ""],
    ]);

  test("keep it from the policy, and from all that come or change after it", () => {
    const { enforced, codes } = stuck();
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(enforced)).toEqual([["g"], ["g"], ["g"], [], [], [], [], []]);
    expect(codes).toEqual([
      "2.yaml npm-gives-up-sets",
      "3.yaml npm-never-comes-to-policy",
      "4.yaml npm-never-comes-to-policy",
      "7.yaml npm-never-comes-to-policy",
    ]);
  });

  test("do not keep it from filling other sets in the end, and from removing none", () => {
    const { membersOf } = stuck();
    expect(membersOf("cidr-bad-in-ns-x-0-3IN", 1)).toEqual(["10.0.0.0/8"]);
    expect(membersOf("cidr-later-in-ns-x-0-1IN", 2)).toEqual(["11.0.0.0/8"]);
    expect(membersOf("podlabel-app:web", 4)).toEqual(["10.240.0.5"]);
    expect(membersOf("cidr-bad-in-ns-x-0-3IN", 7)).toEqual(["10.0.0.0/8"]);
  });

  test("are got over with five tries, since v1.4.41", () => {
    const { enforced, codes, print } = run("v1.4.41", [["apply", policy("bad", ...refused, good)]]);
    expect(enforced(0)).toEqual(["bad"]);
    expect(codes).toEqual([]);
    expect(print("restore", 0).match(/^\$ ipset restore/gm)).toHaveLength(4);
  });
});

/** Source: the same with the older updateDirtyKernelSets, which takes sets off the list when it finds them in the kernel. */
describe("three blocks that ipset refuses, where NPM reads what is saved", () => {
  test("are tried twice, three times each, and count as done then", () => {
    const { enforced, codes, print, membersOf } = run("v2-2022", [
      ["apply", policy("bad", ...refused, good)],
      ["apply", policy("later", database)],
      ["delete", policy("bad", ...refused, good)],
    ]);
    expect(enforced(0)).toEqual(["bad"]);
    expect(enforced(1)).toEqual(["later", "bad"]);
    expect(enforced(2)).toEqual(["later"]);
    // ipset loses what it gathered before a line that it can't read, and all of these are such.
    expect(codes).toEqual(["1.yaml npm-loses-block"]);
    expect(membersOf("cidr-bad-in-ns-x-0-3IN", 0)).toEqual([]);
    expect(membersOf("cidr-bad-in-ns-x-0-3IN", 2)).toBeUndefined();
    expect(print("restore", 0).match(/^\$ ipset restore/gm)).toHaveLength(6);
    expect(print("log", 0).match(/on try number \d/g)).toEqual(["1", "1", "2", "2"].map((n) => `on try number ${n}`));
  });
});
