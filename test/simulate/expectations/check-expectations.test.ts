import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { azureNpm } from "../../../compiler/engines/azure-npm/azure-npm.js";
import { fold } from "../../../compiler/engines/fold.js";
import { clusterOf, isPair } from "../../../compiler/simulate/cluster.js";
import { checkExpectations } from "../../../compiler/simulate/expectations/check-expectations.js";
import { parseExpectations } from "../../../compiler/simulate/expectations/parse-expectations.js";
import { judge } from "../../../compiler/simulate/judge.js";
import { readBack } from "../../../compiler/simulate/read-back.js";
import { tracerOf } from "../../../compiler/simulate/tracer.js";
import { clusters } from "../clusters.js";
import { runs } from "../runs.js";
import { checkText, outcomes, shop } from "./shop.js";

describe("who is meant", () => {
  test.each([
    ["a pod", "{from: shop/web, to: shop/api, port: 80, allow}", "met, pairs: 1"],
    ["each pod of a workload", "{from: test/probe, to: shop/api, deny}", "met, pairs: 2"],
    ["a workload with its kind", "{from: test/Deployment/probe, to: shop/api, deny}", "met, pairs: 2"],
    ["each item of a list, each once", "{from: [test/probe, test/probe-1], to: [shop/api], deny}", "met, pairs: 2"],
    ["an address outside", "{from: 203.0.113.7, to: shop/api, deny}", "met, pairs: 1"],
    [
      "every pod of a namespace",
      "{from: {namespace: test}, to: {namespace: shop}, port: 22, deny}",
      "failed, pairs: 4",
    ],
    ["pods by labels", "{from: {namespace: test}, to: {namespace: shop, labels: {app: api}}, deny}", "met, pairs: 2"],
    [
      "pods as in a policy",
      "{from: {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}}, to: {namespace: shop, podSelector: {matchLabels: {app: api}}}, deny}",
      "met, pairs: 2",
    ],
    [
      "all pods but the destination itself",
      "{from: {namespaceSelector: {}}, to: shop/api, port: 443, deny}",
      "met, pairs: 3",
    ],
    ["every address there is", "{from: 0.0.0.0/0, to: shop/api, port: 443, deny}", "met, pairs: 4"],
    [
      "a block without exceptions, pods by address",
      "{from: {ipBlock: {cidr: 0.0.0.0/0, except: [10.240.0.0/16]}}, to: shop/api, deny}",
      "met, pairs: 1",
    ],
    ["a bare name in the default namespace", "{from: web, to: shop/api, allow}", /^endpoint-unknown: from: .*"web"/],
  ])("%s: %s", (_, item, outcome) => {
    expect(outcomes(`  - ${item}`)).toEqual([typeof outcome === "string" ? outcome : expect.stringMatching(outcome)]);
  });

  test("a bare name is one of the namespace of -n", () => {
    expect(outcomes("  - {from: web, to: api, port: 80, allow}", shop, "shop")).toEqual(["met, pairs: 1"]);
  });

  test.each([
    ["{from: shop/wbe, to: shop/api, allow}", /endpoint-unknown/],
    ["{from: {namespace: shpo}, to: shop/api, allow}", /^selector-selects-nobody: .*there is no namespace "shpo"/],
    [
      "{from: {namespace: shop, labels: {app: x}}, to: shop/api, allow}",
      /^selector-selects-nobody: .*pods in namespace shop/,
    ],
    ["{from: {namespaceSelector: {matchLabels: {a: b}}}, to: shop/api, allow}", /no namespace has these labels/],
    ["{from: 2001:db8::/32, to: shop/api, allow}", /the block holds no IPv4 address/],
    ["{from: 2001:db8::1, to: shop/api, allow}", /^endpoint-not-ipv4/],
    ["{from: shop/api, to: shop/api, allow}", /^expectation-itself: .*shop\/api/],
    ["{from: 8.8.8.8, to: [shop/api, 1.1.1.1], allow}", /^expectation-outside/],
    ["{from: 8.0.0.0/8, to: 9.0.0.0/8, allow}", /^expectation-outside/],
    ["{from: shop/api, to: shop/web, port: dns, allow}", /^port-name-nowhere: shop\/web .*"dns"/],
    ["{from: shop/api, to: 8.8.8.8, port: dns, allow}", /^port-name-nowhere: 8.8.8.8/],
  ])("nobody, or nothing to ask: %s", (item, problem) => {
    expect(outcomes(`  - ${item}`)).toEqual([expect.stringMatching(problem)]);
  });

  test("pods that have finished are left out with a warning, and are no reason to check nothing", () => {
    const finished = shop.replace("kind: Pod\n", "kind: Pod\nstatus: {phase: Failed}\n");
    expect(outcomes("  - {from: {namespace: shop}, to: 8.8.8.8, allow}", finished)).toEqual([
      "met, pairs: 1",
      expect.stringMatching(/^pods-not-checked: .*shop\/web$/),
    ]);
    expect(outcomes("  - {from: {namespace: shop, labels: {app: web}}, to: 8.8.8.8, allow}", finished)).toEqual([
      expect.stringMatching(/^selector-selects-nobody: .*shop\/web has finished/),
    ]);
  });
});

describe("what is asked", () => {
  test.each([
    ["80", "met"],
    ["80/tcp", "met"],
    ["81", "failed"],
    ["80/udp", "failed"],
    ["79-80", "failed"],
    ["[80, 81/tcp]", "failed"],
    ["http", "met"],
    ["dns", "failed"],
    ["any", "failed"],
    ["any/tcp", "failed"],
  ])("port: %s from the shop's own pod is allowed: %s", (port, outcome) => {
    expect(outcomes(`  - {from: shop/web, to: shop/api, port: ${port}, allow: true}`)).toEqual([
      `${outcome}, pairs: 1`,
    ]);
  });

  test("a name is what each destination calls so", () => {
    const { results } = checkText("expect: [{from: 8.8.8.8, to: {namespace: shop}, port: http, deny: true}]");
    const [{ failures }] = results as [(typeof results)[0]];
    expect(failures.map(({ destination, packet }) => `${destination.name} ${packet.port}/${packet.protocol}`)).toEqual([
      "shop/web 8080/tcp",
    ]);
  });

  test("without a port it is everything, protocols without ports too", () => {
    const { results } = checkText("expect: [{from: shop/web, to: shop/api, deny: true}]");
    const [{ failures }] = results as [(typeof results)[0]];
    expect(failures.map(({ traffic }) => traffic)).toEqual([[80, 80]]);
    expect(outcomes("  - {from: shop/api, to: shop/web, allow: true}")).toEqual(["met, pairs: 1"]);
  });
});

describe("both referees are asked", () => {
  const ipv6 = shop.replace("from: [{podSelector: {}}]", "from: [{ipBlock: {cidr: '2001:db8::/32'}}]");

  test("an expectation that only one of them meets fails either way", () => {
    // Azure NPM skips the whole policy because of its IPv6 block, so that its rules let everything through.
    const items =
      "  - {from: shop/web, to: shop/api, port: 80, deny}\n  - {from: shop/web, to: shop/api, port: 80, allow}";
    const { results } = checkText(`expect:\n${items}`, ipv6);
    expect(results.map(({ failures }) => failures.map((each) => `${each.bySpecification} ${each.byRules}`))).toEqual([
      ["deny allow"],
      ["deny allow"],
    ]);
  });

  test("on random clusters an expectation is met exactly when judge and trace both say so", () => {
    const { machine } = azureNpm.configure({});
    const outside = ["10.0.0.200", "8.8.8.8"];
    fc.assert(
      fc.property(clusters, fc.nat(), (objects, seed) => {
        const events = objects.map((object) => ({ kind: "apply" as const, object }));
        const tables = fold(machine!, events).tables();
        const tracer = tracerOf(readBack(tables));
        const cluster = clusterOf(objects);
        const names = [
          ...cluster.endpoints
            .filter(({ address }) => !address.includes(":"))
            .map(({ pod }) => `${pod.namespace}/${pod.name}`),
          ...outside,
        ];
        const asked = names.flatMap((from, row) =>
          names.flatMap((to, column) => {
            const [source, destination] = [cluster.endpoint(from)!, cluster.endpoint(to)!];
            if (!isPair(source, destination)) return [];
            const protocol = (["tcp", "udp", "sctp"] as const)[(seed + row) % 3]!;
            const port = [80, 81, 443, 8080][(seed + column) % 4]!;
            const judged = judge(cluster, { source, destination, protocol, port }).verdict;
            const traced = tracer.verdict({ source: source.address, destination: destination.address, protocol, port });
            return (["allow", "deny"] as const).map((verdict) => ({
              item: `{from: ${from}, to: ${to}, port: ${port}/${protocol}, ${verdict}: true}`,
              met: judged === verdict && traced === verdict,
            }));
          }),
        );
        const text = `expect: [${asked.map(({ item }) => item).join(",\n")}]`;
        const { expectations } = parseExpectations({ name: "e.yaml", text });
        const { results, diagnostics } = checkExpectations(expectations, { objects, tables });
        expect(diagnostics).toEqual([]);
        const found = results.map(({ failures }, index) => ({ ...asked[index], met: failures.length === 0 }));
        expect(found).toEqual(asked);
      }),
      runs(40),
    );
  }, 120_000);
});
