import { expect, test } from "vitest";
import type { ListedMatch } from "../../compiler/pairs/any-pairs.js";
import { resolveListed } from "../../compiler/pairs/resolve-listed.js";

const nets = (...list: readonly string[]): ListedMatch => ({ set: { kind: "nets", nets: list }, negated: false });
const not = (match: ListedMatch): ListedMatch => ({ ...match, negated: true });
const those = (...list: readonly string[]): ListedMatch => {
  const members = () => list.map((net) => ({ name: `of ${net}`, net }));
  return { set: { kind: "described", words: "those", members }, negated: false };
};

test("members are in every set, within the blocks and outside of those excepted", () => {
  const pods = those("10.0.0.1", "10.0.0.2", "10.1.0.1", "192.0.2.0/25", "fd00::1");
  expect(netsOf(pods)).toHaveLength(5);
  expect(netsOf(pods, nets("10.0.0.0/16", "192.0.2.0/24"))).toEqual(["10.0.0.1", "10.0.0.2", "192.0.2.0/25"]);
  expect(netsOf(pods, those("10.0.0.2", "10.1.0.1"))).toEqual(["10.0.0.2", "10.1.0.1"]);
  expect(netsOf(pods, not(nets("10.0.0.0/8")), not(those("fd00::1")))).toEqual(["192.0.2.0/25"]);
});

test("without a set of members it is the blocks, or everywhere, less what is excepted", () => {
  expect(resolveListed([nets("10.0.0.0/8"), not(nets("10.1.0.0/16"))])).toEqual({
    kind: "nets",
    nets: ["10.0.0.0/8"],
    except: [{ name: "", net: "10.1.0.0/16" }],
  });
  expect(resolveListed([not(those("10.0.0.1"))])).toEqual({
    kind: "nets",
    nets: [],
    except: [{ name: "of 10.0.0.1", net: "10.0.0.1" }],
  });
});

function netsOf(...expression: readonly ListedMatch[]): readonly string[] {
  const listed = resolveListed(expression);
  return listed.kind === "members" ? listed.members.map(({ net }) => net) : [];
}
