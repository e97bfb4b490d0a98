/** A connection that an agent tries. */
export interface Attempt {
  readonly id: number;
  readonly source: string;
  readonly destination: string;
  /** The address of the machine that it is for: the destination, or what stands behind it. */
  readonly arrivesAt: string;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Whether it should succeed: then it gets a second, longer chance. */
  readonly expected: boolean;
}

/** What an agent is told first. It says `ready` when it listens, and begins with its attempts when it hears a line. */
export interface AgentOrders {
  readonly addresses: readonly string[];
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly attempts: readonly Attempt[];
}

/** What an agent says when it is asked, after all of them have said `done`. */
export interface AgentReport {
  /** Of its own attempts, those that were answered. */
  readonly answered: readonly number[];
  /** What came to it, as `tcp SOURCE DESTINATION PORT`. */
  readonly arrived: readonly string[];
}

/** A program for `node -e` that listens on one machine and connects to others. */
export const agentProgram = `(${agent.toString()})()`;

/** Runs in a process of its own, so that it can use nothing that stands outside of it here. */
function agent(): void {
  const dgram = process.getBuiltinModule("node:dgram");
  const net = process.getBuiltinModule("node:net");
  const readline = process.getBuiltinModule("node:readline");

  const arrived = new Set<string>();
  const answered = new Set<number>();
  const answers = new Map<number, () => void>();
  const senders = new Map<string, import("node:dgram").Socket>();

  const listenTcp = (address: string, port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = net.createServer((socket) => {
        arrived.add(`tcp ${socket.remoteAddress} ${address} ${port}`);
        socket.on("error", () => {});
        socket.resume();
      });
      server.on("error", reject);
      server.listen({ host: address, port, backlog: 4096 }, resolve);
    });

  const listenUdp = (address: string, port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket(address.includes(":") ? "udp6" : "udp4");
      socket.on("error", reject);
      socket.on("message", (message, from) => {
        arrived.add(`udp ${from.address} ${address} ${port}`);
        socket.send(message, from.port, from.address, () => {});
      });
      socket.bind(port, address, resolve);
    });

  const openSender = (address: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = dgram.createSocket(address.includes(":") ? "udp6" : "udp4");
      socket.on("error", reject);
      socket.on("message", (message) => answers.get(Number(message.toString()))?.());
      socket.bind(0, address, resolve);
      senders.set(address, socket);
    });

  const tryTcp = ({ source, destination, port }: Attempt, patience: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect({ host: destination, port, localAddress: source });
      const finish = (success: boolean): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(success);
      };
      const timer = setTimeout(finish, patience, false);
      socket.on("connect", () => finish(true));
      socket.on("error", () => finish(false));
    });

  const tryUdp = ({ id, source, destination, port }: Attempt, patience: number): Promise<boolean> =>
    new Promise((resolve) => {
      const finish = (success: boolean): void => {
        clearTimeout(timer);
        resolve(success);
      };
      const timer = setTimeout(finish, patience, false);
      answers.set(id, () => finish(true));
      senders.get(source)!.send(`${id}`, port, destination, () => {});
    });

  const attempt = async (its: Attempt): Promise<void> => {
    const once = its.protocol === "tcp" ? tryTcp : tryUdp;
    if ((await once(its, 300)) || (its.expected && (await once(its, 3000)))) answered.add(its.id);
  };

  const attemptAll = async (attempts: readonly Attempt[]): Promise<void> => {
    const waiting = attempts.values();
    const worker = async (): Promise<void> => {
      for (const its of waiting) await attempt(its);
    };
    await Promise.all(Array.from({ length: 200 }, worker));
  };

  const main = async (): Promise<void> => {
    const lines = readline.createInterface({ input: process.stdin });
    // Nobody is there any more.
    lines.on("close", () => process.exit());
    const heard = lines[Symbol.asyncIterator]();
    const orders = JSON.parse((await heard.next()).value ?? "") as AgentOrders;
    const { addresses, tcp, udp } = orders;
    await Promise.all([
      ...addresses.flatMap((address) => tcp.map((port) => listenTcp(address, port))),
      ...addresses.flatMap((address) => udp.map((port) => listenUdp(address, port))),
      ...addresses.map(openSender),
    ]);
    console.log("ready");
    await heard.next();
    await attemptAll(orders.attempts);
    console.log("done");
    await heard.next();
    // What has arrived in the kernel by now is read before this is over.
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(JSON.stringify({ answered: [...answered], arrived: [...arrived] } satisfies AgentReport));
  };

  main().catch((error: unknown) => {
    console.error(String(error));
    process.exit(1);
  });
}
