import { setTimeout as sleep } from "node:timers/promises";
import type { Probe } from "../../compiler/index.js";
import type { Talker } from "./command.js";
import type { Network } from "./network.js";
import { rawAgentProgram } from "./raw-agent.js";

/** Of numbered probes, those whose SCTP or ICMP packets came to their destination. */
export async function sendRaw(network: Network, probes: ReadonlyMap<number, Probe>): Promise<ReadonlySet<number>> {
  const packets = [...probes].flatMap(([id, { source, destination, protocol, port, byTracer }]) => {
    if (protocol !== "sctp" && protocol !== "other") return [];
    const line = `${id} ${protocol} ${source.address} ${destination.address} ${port}`;
    return [{ id, line, from: source.address, expected: byTracer === "allow" }];
  });
  const arrived = new Set<number>();
  if (packets.length === 0) return arrived;

  const agents = network.machines.map((machine) => machine.start("perl", ["-e", rawAgentProgram]));
  const senders = new Map(
    network.machines.flatMap(({ addresses }, index) => addresses.map((address) => [address, agents[index]!])),
  );
  const sync = async (): Promise<void> => {
    for (const agent of agents) agent.say("sync");
    for (const ids of await Promise.all(agents.map(hearIds))) ids.forEach((id) => arrived.add(id));
  };
  try {
    for (const ready of await Promise.all(agents.map((agent) => agent.hear()))) {
      if (ready !== "ready") throw new Error(`a sender said ${ready}`);
    }
    // The second time is for those that should have come, in case a queue was full.
    for (const time of [1, 2]) {
      const missing = packets.filter(({ id, expected }) => (time === 1 || expected) && !arrived.has(id));
      if (missing.length === 0) break;
      for (const { from, line } of missing) senders.get(from)!.say(line);
      // Once all have sent, give the kernel a moment to deliver.
      await sync();
      await sleep(50);
      await sync();
    }
    return arrived;
  } finally {
    await Promise.all(agents.map((agent) => agent.end()));
  }
}

async function hearIds(agent: Talker): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let line = await agent.hear(); line !== "sync"; line = await agent.hear()) ids.push(Number(line));
  return ids;
}
