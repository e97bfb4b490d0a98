import { describe, expect, test } from "vitest";
import { compile, type CompileResult } from "../../compiler/index.js";
import { readCases } from "../../scripts/golden-cases.js";
import { withNetwork, type NetNamespace } from "../../src/kernel/network.js";
import { applyRules } from "../../src/kernel/send-packets.js";
import { whyNoNetwork } from "../../src/kernel/why-no-network.js";

/**
 * The AKS article on network policies, step by step on one router, with HTTP over real sockets. The article's `wget` has a
 * time-out, which not every build of it has, hence a client of our own that says the same.
 */

const flavours = ["nft", "legacy"] as const;
const reason = (await Promise.all(flavours.map(whyNoNetwork))).find((found) => found !== undefined);
if (reason) console.warn(`the article's HTTP requests are not tried: ${reason}`);

const [backend, frontend, otherFrontend, stranger] = ["10.240.0.10", "10.240.1.10", "10.240.1.20", "10.240.1.30"];
const page = "<title>Welcome to nginx!</title>";

describe.skipIf(reason)("the article's requests over HTTP", { timeout: 60_000 }, () => {
  test.each(flavours)("%s", async (flavour) => {
    await withNetwork([[backend], [frontend], [otherFrontend], [stranger]], async (network) => {
      const server = network.at(backend).start(process.execPath, ["-e", serverProgram]);
      expect(await server.hear()).toBe("ready");
      const apply = (step: string): Promise<void> => applyRules(network.router, compiled(step, flavour));
      const get = (from: string): Promise<string> => wget(network.at(from), `http://${backend}`);
      const getAll = (): Promise<string[]> => Promise.all([frontend, otherFrontend, stranger].map(get));

      expect(await getAll(), "without a policy").toEqual([page, page, page]);
      await apply("aks-1-deny");
      expect(await getAll(), "all traffic denied").toEqual([timedOut, timedOut, timedOut]);
      await apply("aks-2-from-frontend");
      expect(await getAll(), "front ends of all namespaces allowed").toEqual([page, page, timedOut]);
      await apply("aks-3-from-development");
      expect(await getAll(), "front ends of development allowed").toEqual([page, timedOut, timedOut]);
      await server.end();
    });
  });
});

const timedOut = "download timed out";

/** What a client sees: the page, or why there is none. */
async function wget(machine: NetNamespace, url: string): Promise<string> {
  return (await machine.run(process.execPath, ["-e", clientProgram, url])).stdout.trim();
}

const serverProgram = `
  const server = require("node:http").createServer((_, response) => response.end(${JSON.stringify(page)}));
  server.listen(80, () => console.log("ready"));
  process.stdin.on("end", () => process.exit()).resume();
`;

const clientProgram = `
  fetch(process.argv[1], { signal: AbortSignal.timeout(1000) })
    .then((response) => response.text())
    .then(console.log, (error) => console.log(error.name === "TimeoutError" ? "${timedOut}" : String(error.cause)))
    .then(() => process.exit());
`;

/** A step of the article, with one more client: a pod without labels in the front end's namespace. */
function compiled(step: string, flavour: "nft" | "legacy"): CompileResult {
  const golden = readCases().find(({ name }) => name === step)!;
  const client = `apiVersion: v1
kind: Pod
metadata: { namespace: development, name: network-policy }
spec: { containers: [{ name: client, image: busybox }] }
status: { phase: Running, podIP: ${stranger} }
`;
  return compile([...golden.sources, { name: "client.yaml", text: client }], { flavour }).result!;
}
