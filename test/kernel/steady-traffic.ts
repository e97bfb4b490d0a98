import type { NetNamespace, Network } from "../../src/kernel/network.js";

/** What a machine sends to another, over and over, a datagram of a new flow each time. */
export interface Stream {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** How many datagrams of a stream were sent, and how many of them came. */
export interface Tally {
  readonly sent: number;
  readonly received: number;
}

/**
 * Sends streams while something happens, and keeps one TCP connection of each talking; each sends every two milliseconds. Answers
 * with the tallies of the streams, in their order, and with what was said of TCP connections that stopped.
 */
export async function whileSending(
  network: Network,
  streams: readonly Stream[],
  connections: readonly Stream[],
  happens: () => Promise<void>,
): Promise<{ readonly tallies: readonly Tally[]; readonly broken: readonly string[] }> {
  const orders = (machine: NetNamespace): string =>
    JSON.stringify({
      addresses: machine.addresses,
      streams: streams.map((stream, id) => ({ id, ...stream })),
      connections,
    });
  const agents = network.machines.map((machine) => machine.start(process.execPath, ["-e", `(${agent.toString()})()`]));
  const all = async (expected: string): Promise<void> => {
    for (const heard of await Promise.all(agents.map((each) => each.hear()))) {
      if (heard !== expected) throw new Error(`a machine said ${heard} instead of ${expected}`);
    }
  };
  try {
    agents.forEach((each, index) => each.say(orders(network.machines[index]!)));
    await all("listening");
    agents.forEach((each) => each.say("go"));
    await all("connected");
    await happens();
    agents.forEach((each) => each.say("stop"));
    await all("stopped");
    agents.forEach((each) => each.say("report"));
    const reports = (await Promise.all(agents.map((each) => each.hear()))).map(
      (text) => JSON.parse(text) as { sent: number[]; received: number[]; broken: string[] },
    );
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
    return {
      tallies: streams.map((_, id) => ({
        sent: sum(reports.map(({ sent }) => sent[id]!)),
        received: sum(reports.map(({ received }) => received[id]!)),
      })),
      broken: reports.flatMap(({ broken }) => broken),
    };
  } finally {
    await Promise.all(agents.map((each) => each.end()));
  }
}

/** Runs in a process of its own, so that it can use nothing that stands outside of it here. */
function agent(): void {
  const dgram = process.getBuiltinModule("node:dgram");
  const net = process.getBuiltinModule("node:net");
  const readline = process.getBuiltinModule("node:readline");
  interface Numbered extends Stream {
    readonly id: number;
  }

  const main = async (): Promise<void> => {
    const lines = readline.createInterface({ input: process.stdin });
    lines.on("close", () => process.exit());
    const heard = lines[Symbol.asyncIterator]();
    const next = async (): Promise<string> => (await heard.next()).value ?? "";
    const { addresses, streams, connections } = JSON.parse(await next()) as {
      addresses: readonly string[];
      streams: readonly Numbered[];
      connections: readonly Stream[];
    };
    const [sent, received] = [streams.map(() => 0), streams.map(() => 0)];
    const broken: string[] = [];
    const isHere = (address: string): boolean => addresses.includes(address);

    const ports = new Set(streams.filter((its) => isHere(its.destination)).map(({ port }) => port));
    for (const port of ports) {
      const socket = dgram.createSocket("udp4");
      socket.on("message", (message) => (received[Number(message.toString())]! += 1));
      await new Promise<void>((resolve) => socket.bind(port, addresses[0], resolve));
    }
    for (const port of new Set(connections.filter((its) => isHere(its.destination)).map((its) => its.port))) {
      const server = net.createServer((socket) => socket.on("error", () => {}).pipe(socket));
      await new Promise<void>((resolve) => server.listen(port, addresses[0], resolve));
    }
    console.log("listening");
    await next();

    let stopped = false;
    const timers: NodeJS.Timeout[] = [];
    for (const { source, destination, port } of connections.filter((its) => isHere(its.source))) {
      const socket = net.connect({ host: destination, port, localAddress: source });
      await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      let [written, echoed] = [0, 0];
      socket.on("data", (data) => (echoed += data.length));
      socket.on("close", () => stopped || broken.push(`${source} to ${destination}: closed`));
      timers.push(setInterval(() => ((written += 1), socket.write("x")), 2));
      let before = -1;
      timers.push(
        setInterval(() => {
          if (echoed === before && echoed < written) broken.push(`${source} to ${destination}: silent`);
          before = echoed;
        }, 5000),
      );
    }
    for (const { id, source, destination, port } of streams.filter((its) => isHere(its.source))) {
      const send = (): void => {
        // A socket each: a flow that was let pass once is not judged again.
        const socket = dgram.createSocket("udp4");
        socket.bind(0, source, () => {
          sent[id]! += 1;
          socket.send(`${id}`, port, destination, () => socket.close());
        });
      };
      timers.push(setInterval(send, 2));
    }
    console.log("connected");
    await next();
    stopped = true;
    timers.forEach((timer) => clearInterval(timer));
    await new Promise((resolve) => setTimeout(resolve, 300));
    console.log("stopped");
    await next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(JSON.stringify({ sent, received, broken }));
  };

  main().catch((error: unknown) => {
    console.error(String(error));
    process.exit(1);
  });
}
