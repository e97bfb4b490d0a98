import { readlink } from "node:fs/promises";
import { run, start, type Finished, type Talker } from "./command.js";

/** A network namespace. */
export interface NetNamespace {
  /** Empty for the router. */
  readonly addresses: readonly string[];
  /** Runs a command in it to its end. Throws when it fails, unless `mayFail`. */
  run(
    file: string,
    args?: readonly string[],
    options?: { readonly input?: string; readonly mayFail?: boolean },
  ): Promise<Finished>;
  /** Starts one that reads its standard input to the end. */
  start(file: string, args: readonly string[]): Talker;
}

/** Machines around a router. Packets between any two of them pass its FORWARD chain, whatever their addresses. */
export interface Network {
  readonly router: NetNamespace;
  readonly machines: readonly NetNamespace[];
  /** The machine with an address. */
  at(address: string): NetNamespace;
}

/**
 * Makes a machine for each list of addresses, hands out the network, and takes it away again. Nothing is given a name: each
 * namespace lives as long as a process in it, and this one reads its standard input, so that all of them end with the process that
 * called, however that ends. `cables`: what the router's ends of their cables are called, if not made up.
 */
export async function withNetwork<T>(
  addresses: readonly (readonly string[])[],
  use: (network: Network) => Promise<T>,
  cables: readonly string[] = [],
): Promise<T> {
  const keepers = [[], ...addresses].map(() => start("unshare", ["--net", "sh", "-c", "echo ready; exec cat"]));
  try {
    await Promise.all(keepers.map(isReady));
    const [router, ...machines] = [[], ...addresses].map((its, index) => namespaceOf(keepers[index]!, its));
    await router!.run("ip", ["-batch", "-"], { input: machines.map(routerSide(keepers, cables)).join("") });
    await router!.run("sh", ["-c", forwards]);
    await Promise.all(machines.map((machine) => machine.run("ip", ["-batch", "-"], { input: machineSide(machine) })));
    return await use({
      router: router!,
      machines,
      at(address) {
        const found = machines.find((machine) => machine.addresses.includes(address));
        if (!found) throw new Error(`no machine has the address ${address}`);
        return found;
      },
    });
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.end()));
  }
}

async function isReady(keeper: Talker): Promise<void> {
  await keeper.hear();
  const [its, own] = await Promise.all([keeper.pid, "self"].map((pid) => readlink(`/proc/${pid}/ns/net`)));
  // From here on commands run in it, and this machine's own network must never be touched.
  if (its === own) throw new Error("unshare made no network namespace");
}

function namespaceOf({ pid }: Talker, addresses: readonly string[]): NetNamespace {
  const enter = (file: string, args: readonly string[]): [string, string[]] => [
    "nsenter",
    ["--net", "--target", `${pid}`, file, ...args],
  ];
  return {
    addresses,
    run: (file, args = [], options = {}) => run(...enter(file, args), options),
    start: (file, args) => start(...enter(file, args)),
  };
}

/** Both ends of a cable have one hardware address and ask for none, so that any frame is meant for the other end. */
const hardwareAddress = "02:00:00:00:00:01";

function routerSide(
  keepers: readonly Talker[],
  cables: readonly string[],
): (machine: NetNamespace, index: number) => string {
  return ({ addresses }, index) => {
    const [cable, end] = [cables[index] ?? `m${index}`, `address ${hardwareAddress}`];
    return lines([
      `link add ${cable} ${end} type veth peer name eth0 ${end} netns ${keepers[index + 1]!.pid}`,
      `link set ${cable} arp off up`,
      ...addresses.map((address) => `route add ${alone(address)} dev ${cable}`),
    ]);
  };
}

function machineSide({ addresses }: NetNamespace): string {
  return lines([
    "link set lo up",
    "link set eth0 arp off up",
    ...addresses.map((address) => `addr add ${alone(address)} dev eth0`),
    "route add 0.0.0.0/0 dev eth0",
    "route add ::/0 dev eth0",
  ]);
}

/** An address as a network of its own. */
function alone(address: string): string {
  return address.includes(":") ? `${address}/128` : `${address}/32`;
}

const forwards = "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding";

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
