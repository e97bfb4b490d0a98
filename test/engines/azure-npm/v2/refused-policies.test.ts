import { expect, test } from "vitest";
import { replayWritten, type WrittenStep } from "../replay-written.js";

/** Which policies have rules, and the sets that are there beside those of the namespace, after each step. */
function run(written: readonly WrittenStep[]) {
  return replayWritten("v1.4.45", written).steps.map(({ tables, pairs }) => ({
    enforced: pairs.map(({ policy }) => policy),
    sets: tables.sets.flatMap(({ readableName = "", members }) =>
      /^(podlabel|cidr)/.test(readableName) ? `${readableName.slice(0, 16)}: ${members.join(" ")}`.trim() : [],
    ),
  }));
}

const policy = (selector: string, block: string) =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: x, name: p}, spec: {podSelector: {}, policyTypes: [Ingress],
    ingress: [{from: [{podSelector: ${selector}}, {ipBlock: {cidr: ${block}}}]}]}}`;
const [a, b] = [`a${"a".repeat(60)}`, `b${"b".repeat(60)}`];
const values = Array.from({ length: 9 }, (_, i) => `${i}${"v".repeat(60)}`);
/** Its comment is longer than iptables-restore takes. */
const tooLarge = `{matchExpressions: [{key: ${a}, operator: Exists}, {key: ${b}, operator: Exists}, ${values
  .map((value) => `{key: ${value}, operator: Exists}`)
  .join()}, ${values.map((value) => `{key: k${value.slice(1)}${value[0]}, operator: Exists}`).join()}]}`;
const small = `{matchExpressions: [{key: ${a}, operator: Exists}]}`;
const ofLabel = (key: string) => `${`podlabel-${key}`.slice(0, 16)}:`;

// Each outcome is what the controllers and the data plane of v1.4.45 left when they were run with such policies.
test("a refused policy is not known when it is deleted: its sets stay, and what stands in them", () => {
  const [refused, gone, right, goneAgain] = run([
    ["apply", policy(tooLarge, "10.1.0.0/16")],
    ["delete", policy(tooLarge, "10.1.0.0/16")],
    ["apply", policy(small, "10.2.0.0/16")],
    ["delete", policy(small, "10.2.0.0/16")],
  ]);
  expect(refused!.enforced).toEqual([]);
  expect(refused!.sets).toHaveLength(21);
  expect(gone).toEqual(refused);
  expect(right!.enforced).toEqual(["x/p"]);
  expect(right!.sets).toContain("cidr-p-in-ns-x-0: 10.1.0.0/16 10.2.0.0/16");
  // The sets of the version that was in force go, but for the one in which something is left.
  expect(goneAgain!.enforced).toEqual([]);
  expect(goneAgain!.sets).toContain("cidr-p-in-ns-x-0: 10.1.0.0/16");
  expect(goneAgain!.sets).not.toContain(ofLabel(a));
  expect(goneAgain!.sets).toContain(ofLabel(b));
});

test("where it was an update, the version before is gone, and stays away when it is applied again", () => {
  const steps = run([
    ["apply", policy(small, "10.1.0.0/16")],
    ["apply", policy(tooLarge, "10.1.0.0/16")],
    ["apply", policy(small, "10.1.0.0/16")],
    ["apply", policy(small, "10.3.0.0/16")],
    ["apply", policy(tooLarge, "10.3.0.0/16")],
    ["delete", policy(tooLarge, "10.3.0.0/16")],
    ["apply", policy(small, "10.3.0.0/16")],
  ]);
  expect(steps.map(({ enforced }) => enforced.length)).toEqual([1, 0, 0, 1, 0, 0, 1]);
});
