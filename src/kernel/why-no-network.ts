import type { Flavour } from "../../compiler/index.js";
import { run } from "./command.js";
import { withNetwork } from "./network.js";

/** Why packets cannot be sent here through rules of a flavour; undefined when they can. */
export async function whyNoNetwork(flavour: Flavour): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const tools = ["ip", "nsenter", "unshare", "ipset", `iptables-${flavour}-restore`, `iptables-${flavour}-save`];
  const found = await Promise.all(tools.map((tool) => run("sh", ["-c", `command -v ${tool}`], { mayFail: true })));
  const missing = tools.filter((_, index) => found[index]!.exitCode !== 0);
  if (missing.length > 0) return `not found: ${missing.join(", ")}`;
  try {
    await withNetwork([["10.0.0.1"]], async ({ router }) => {
      await router.run(`iptables-${flavour}-save`, ["-t", "filter"]);
      await router.run("ipset", ["list", "-n"]);
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
