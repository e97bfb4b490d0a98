import { expect, test } from "vitest";
import type { DeviationCode } from "../../../compiler/engines/azure-npm/deviations.js";
import type { Occurrence } from "../../../compiler/simulate/verify/alterations.js";
import { explain, type TrafficUnder } from "../../../compiler/simulate/verify/explain.js";
import { noTraffic, trafficOf, unionTraffic, type Traffic } from "../../../compiler/simulate/traffic.js";

const http = trafficOf("tcp", 80, 80);
const https = trafficOf("tcp", 443, 443);
const dns = trafficOf("udp", 53, 53);

function occurrence(code: DeviationCode, field: string): Occurrence {
  return { code, field, at: {}, object: "x/p", location: { source: { name: "p.yaml", text: "" }, offset: 0 } };
}

const notIn = occurrence("npm-not-in-is-or", "spec.ingress[0]");
const notInElsewhere = occurrence("npm-not-in-is-or", "spec.ingress[1]");
const negation = occurrence("npm-negation-means-everyone", "spec.egress[0]");
const endPort = occurrence("npm-ignores-end-port", "spec.egress[1]");

/** Nothing passes by the specification; each list of places opens what is said when all of them are in force. */
function opening(...openings: readonly (readonly [readonly Occurrence[], Traffic])[]): TrafficUnder {
  return (places) =>
    openings
      .filter(([needed]) => !places || needed.every((each) => places.includes(each)))
      .reduce((all, [, traffic]) => unionTraffic(all, traffic), noTraffic);
}

test("a packet has the one cause that suffices", () => {
  const under = opening([[notIn], http], [[negation], dns]);
  expect(explain(unionTraffic(http, dns), unionTraffic(http, dns), [notIn, negation, endPort], under)).toEqual([
    { occurrences: [notIn], traffic: http },
    { occurrences: [negation], traffic: dns },
  ]);
});

test("of the places of one deviation, the one that suffices is named", () => {
  const under = opening([[notInElsewhere], http]);
  expect(explain(http, http, [notIn, notInElsewhere], under)).toEqual([
    { occurrences: [notInElsewhere], traffic: http },
  ]);
});

test("where each of two places suffices, both are named", () => {
  const under = opening([[notIn], http], [[notInElsewhere], http], [[negation], http]);
  expect(explain(http, http, [notIn, notInElsewhere, negation], under)).toEqual([
    { occurrences: [notIn], traffic: http },
    { occurrences: [notInElsewhere], traffic: http },
    { occurrences: [negation], traffic: http },
  ]);
});

test("that policies stand in one list is named only where nothing simpler suffices", () => {
  const list: Occurrence = { ...occurrence("npm-stacks-rules", "spec"), together: true };
  const under = opening([[endPort], http], [[list], unionTraffic(http, https)]);
  const both = unionTraffic(http, https);
  expect(explain(both, both, [endPort, list], under)).toEqual([
    { occurrences: [endPort], traffic: http },
    { occurrences: [list], traffic: https },
  ]);
});

test("what takes two deviations is explained by both, and by no third", () => {
  const under = opening([[notIn, endPort], https]);
  expect(explain(https, https, [notIn, negation, endPort], under)).toEqual([
    { occurrences: [notIn, endPort], traffic: https },
  ]);
});

test("what takes three is explained by all of them", () => {
  const under = opening([[notIn, negation, endPort], https]);
  expect(explain(https, https, [notIn, notInElsewhere, negation, endPort], under)).toEqual([
    { occurrences: [notIn, negation, endPort], traffic: https },
  ]);
});

test("what the deviations together do not say is explained by none, also when one alone would say it", () => {
  // The second takes back what the first opens.
  const under: TrafficUnder = (places) => (places?.includes(notIn) && !places.includes(negation) ? http : noTraffic);
  expect(explain(http, http, [notIn, negation], under)).toEqual([{ occurrences: [], traffic: http }]);
});

test("a packet that rules refuse is explained as well as one that they allow", () => {
  const under: TrafficUnder = (places) => (!places || places.includes(endPort) ? http : unionTraffic(http, https));
  expect(explain(https, http, [endPort], under)).toEqual([{ occurrences: [endPort], traffic: https }]);
});
