import type { Probe } from "../../compiler/index.js";
import { agentProgram, type AgentOrders, type AgentReport, type Attempt } from "./agent.js";
import type { Talker } from "./command.js";
import type { NetNamespace, Network } from "./network.js";

/** Of numbered probes, those whose TCP connections or UDP datagrams came to their destination. */
export async function connect(network: Network, probes: ReadonlyMap<number, Probe>): Promise<ReadonlySet<number>> {
  const attempts = [...probes].flatMap(([id, probe]): Attempt[] => {
    const { protocol, port, byTracer } = probe;
    if (protocol !== "tcp" && protocol !== "udp") return [];
    const [source, destination] = [probe.source.address, probe.destination.address];
    const { arrivesAt = destination } = probe;
    return [{ id, source, destination, arrivesAt, protocol, port, expected: byTracer === "allow" }];
  });
  if (attempts.length === 0) return new Set();

  const agents = network.machines.map((machine) => machine.start(process.execPath, ["-e", agentProgram]));
  try {
    agents.forEach((agent, index) => agent.say(JSON.stringify(ordersFor(network.machines[index]!, attempts))));
    await hearAll(agents, "ready");
    agents.forEach((agent) => agent.say("go"));
    await hearAll(agents, "done");
    agents.forEach((agent) => agent.say("report"));
    const reports = (await Promise.all(agents.map((agent) => agent.hear()))).map(
      (text) => JSON.parse(text) as AgentReport,
    );
    const answered = new Set(reports.flatMap((report) => report.answered));
    const arrived = new Set(reports.flatMap((report) => report.arrived));
    const came = ({ id, protocol, source, arrivesAt, port }: Attempt): boolean =>
      answered.has(id) || arrived.has(`${protocol} ${source} ${arrivesAt} ${port}`);
    return new Set(attempts.filter(came).map(({ id }) => id));
  } finally {
    await Promise.all(agents.map((agent) => agent.end()));
  }
}

function ordersFor({ addresses }: NetNamespace, attempts: readonly Attempt[]): AgentOrders {
  const portsOf = (wanted: Attempt["protocol"]): readonly number[] => {
    const its = attempts.filter(({ protocol, arrivesAt }) => protocol === wanted && addresses.includes(arrivesAt));
    return [...new Set(its.map(({ port }) => port))];
  };
  return {
    addresses,
    tcp: portsOf("tcp"),
    udp: portsOf("udp"),
    attempts: attempts.filter(({ source }) => addresses.includes(source)),
  };
}

async function hearAll(agents: readonly Talker[], expected: string): Promise<void> {
  for (const heard of await Promise.all(agents.map((agent) => agent.hear()))) {
    if (heard !== expected) throw new Error(`a sender said ${heard} instead of ${expected}`);
  }
}
