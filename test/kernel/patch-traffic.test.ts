import { describe, expect, test } from "vitest";
import { applyScript, compile, patchScript, type CompileResult, type Flavour } from "../../compiler/index.js";
import { withNetwork, type NetNamespace } from "../../src/kernel/network.js";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";
import { whileSending, type Stream } from "./steady-traffic.js";

const reason = (await whyNoNetwork("nft")) ?? (await whyNoNetwork("legacy"));
if (reason) console.warn(`tests with real packets are skipped: ${reason}`);

const [web, api, other] = ["10.240.0.1", "10.240.0.2", "10.240.0.3"] as const;

const pod = (name: string, address: string, labels: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {${labels}}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: ${address}}
`;
const policy = (name: string, spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}
`;
const ports = "ports: [{port: 80}, {port: 80, protocol: UDP}]";
const fromWeb = `{from: [{podSelector: {matchLabels: {app: web}}}], ${ports}}`;
const fromFriends = `{from: [{podSelector: {matchLabels: {friend: "yes"}}}], ${ports}}`;
const usual = [
  pod("web", web, 'app: web, friend: "yes"'),
  pod("api", api, "app: api, tier: back"),
  pod("other", other, "app: other"),
];

/** In each of them the front end may talk to the back end, and the other pod may not, though for other reasons. */
const clusters: Readonly<Record<string, readonly string[]>> = {
  first: [...usual, policy("api", `{podSelector: {matchLabels: {app: api}}, ingress: [${fromWeb}]}`)],
  "other rules": [...usual, policy("api", `{podSelector: {matchLabels: {tier: back}}, ingress: [${fromFriends}]}`)],
  "one pod more": [
    ...usual,
    pod("more", "10.240.0.9", "app: web, tier: back"),
    policy("api", `{podSelector: {matchLabels: {app: api}}, ingress: [${fromWeb}]}`),
  ],
  "other sets and rules": [
    pod("web", web, "app: api, tier: front"),
    pod("api", api, "app: web, tier: back"),
    pod("other", other, "app: web"),
    policy(
      "api",
      `{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {tier: front}}}], ${ports}}]}`,
    ),
    policy(
      "back",
      `{podSelector: {matchLabels: {tier: back}}, ingress: [{from: [{ipBlock: {cidr: ${web}/32}}], ${ports}}]}`,
    ),
  ],
  "one member more": [
    ...usual,
    pod("third", "10.240.0.8", "gone: soon"),
    policy("api", `{podSelector: {matchLabels: {app: api}}, ingress: [${fromWeb}]}`),
  ],
};

const compiled = (name: string, flavour: Flavour): CompileResult =>
  compile(
    [{ name, text: ["apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n", ...clusters[name]!].join("---") }],
    { flavour },
  ).result!;

const allowed: Stream = { source: web, destination: api, port: 80 };
const denied: Stream = { source: other, destination: api, port: 80 };

describe.skipIf(reason)("while patches are applied, connections keep going", { timeout: 120_000 }, () => {
  test.each<Flavour>(["nft", "legacy"])(
    "%s: what both states allow always passes, what both deny never",
    async (flavour) => {
      const states = Object.keys(clusters).map((name) => compiled(name, flavour));
      const { ownership } = states[0]!.machine;
      const kinds = new Set<string>();
      await withNetwork([[web], [api], [other]], async (network) => {
        await run(network.router, applyScript(states[0]!.tables, ownership, { flavour }));
        const { tallies, broken } = await whileSending(network, [allowed, denied], [allowed], async () => {
          for (const from of states) {
            for (const to of states) {
              if (from === to) continue;
              const scripts = [
                patchScript(from.tables, to.tables, ownership, { flavour }),
                patchScript(to.tables, from.tables, ownership, { flavour }),
              ];
              kinds.add(
                /^# (One commit|Two commits|Rules use one|Members come|No rule in force)/m.exec(scripts[0]!)![1]!,
              );
              for (const script of scripts) await run(network.router, script);
            }
            const following = states[states.indexOf(from) + 1];
            if (following)
              await run(network.router, patchScript(from.tables, following.tables, ownership, { flavour }));
          }
        });
        const [passed, refused] = tallies;
        expect(passed!.sent).toBeGreaterThan(200);
        expect(passed!.received).toBe(passed!.sent);
        expect(refused!.sent).toBeGreaterThan(200);
        expect(refused!.received).toBe(0);
        expect(broken).toEqual([]);
      });
      expect(kinds).toContain("One commit");
      expect(kinds).toContain("Two commits");
    },
  );

  test("canary: a moment without the rules, and one with a rule too many, are noticed", async () => {
    const [from, to] = [compiled("first", "nft"), compiled("other sets and rules", "nft")];
    const { ownership } = from.machine;
    await withNetwork([[web], [api], [other]], async (network) => {
      await run(network.router, applyScript(from.tables, ownership, { flavour: "nft" }));
      const { tallies } = await whileSending(network, [allowed, denied], [allowed], async () => {
        await run(network.router, "iptables-nft -F FORWARD; sleep 0.3\n");
        await run(network.router, applyScript(to.tables, ownership, { flavour: "nft" }));
        await run(network.router, "iptables-nft -I FORWARD -p udp -j DROP; sleep 0.2; iptables-nft -D FORWARD 1\n");
      });
      expect(tallies[1]!.received).toBeGreaterThan(0);
      expect(tallies[0]!.received).toBeLessThan(tallies[0]!.sent);
    });
  });
});

async function run(router: NetNamespace, script: string): Promise<void> {
  expect(await router.run("sh", [], { input: script, mayFail: true })).toMatchObject({ exitCode: 0, stderr: "" });
}
