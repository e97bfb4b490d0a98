import {
  applyScript,
  interfaceAt,
  iptablesOf,
  liftLimits,
  planProbes,
  probeLimits,
  printIpsetSave,
  printIptablesSave,
  printOtherTable,
  readBack,
  versionsOf,
  type Chain,
  type CompileResult,
  type Probe,
  type ProbePlan,
  type IpVersion,
} from "../../compiler/index.js";
import { run } from "./command.js";
import { connect } from "./connect.js";
import { withNetwork, type NetNamespace, type Network } from "./network.js";
import { sendRaw } from "./send-raw.js";

/** What a kernel did with a packet, beside what the two referees say of it. */
export interface Delivery {
  readonly probe: Probe;
  readonly byKernel: "allow" | "deny";
}

export interface Deliveries {
  readonly deliveries: readonly Delivery[];
  /** What was not tried and why, a line each. */
  readonly leftOut: readonly string[];
}

/** What a router needs to be told. */
export type RouterState = Pick<CompileResult, "tables" | "machine">;

/**
 * Sends packets between the pods of what was compiled, and between them and addresses outside, through its rules: those of each version of IP. All are sent
 * at once, so that what limits packets a second or connections is lifted.
 */
export async function sendPackets({
  objects,
  specification,
  machine,
  tables: all,
}: CompileResult): Promise<Deliveries> {
  const sent: Deliveries[] = [];
  for (const { version, tables: limited } of versionsOf(all)) {
    const { tables, lifted } = liftLimits(limited);
    const plan = planProbes(objects, readBack(tables), probeLimits, specification, version);
    const { deliveries, leftOut } = await deliver(plan, { machine, tables }, version);
    const limits = lifted === 0 ? [] : [`${lifted} rules of limits: packets are sent all at once`];
    sent.push({ deliveries, leftOut: [...leftOut, ...limits] });
  }
  return {
    deliveries: sent.flatMap(({ deliveries }) => deliveries),
    leftOut: sent.flatMap(({ leftOut }) => leftOut),
  };
}

/**
 * Carries out a plan: applies rules to the router of a network that stands for the cluster, sends packets through it, and tells which
 * of them came to their destination. Everything happens in network namespaces that go away with it.
 */
export async function deliver(plan: ProbePlan, state: RouterState, version: IpVersion = 4): Promise<Deliveries> {
  const { machines, cables } = machinesOf(plan, state);
  const noPerl = plan.probes.some(isRaw) ? await whyNoRawSockets() : undefined;
  const sent = new Map([...plan.probes.entries()].filter(([, probe]) => noPerl === undefined || !isRaw(probe)));
  const leftOut = [...plan.leftOut];
  if (noPerl !== undefined) leftOut.push(`${plan.probes.length - sent.size} packets of SCTP and ICMP: ${noPerl}`);
  if (sent.size === 0) return { deliveries: [], leftOut };

  const send = async (network: Network): Promise<(id: number) => boolean> => {
    await applyRules(network.router, state, version);
    const [connected, received] = await Promise.all([connect(network, sent), sendRaw(network, sent)]);
    return (id) => connected.has(id) || received.has(id);
  };
  const delivered = await withNetwork(machines, send, cables);
  const deliveries = [...sent].map(([id, probe]): Delivery => {
    return { probe, byKernel: delivered(id) ? "allow" : "deny" };
  });
  return { deliveries, leftOut };
}

/** A machine for each address inside and one for all outside; where it is known what is behind which interface, one for each of these. */
function machinesOf(
  { insideAddresses, outsideAddresses }: ProbePlan,
  { tables }: RouterState,
): { readonly machines: readonly (readonly string[])[]; readonly cables: readonly string[] } {
  if (!tables.interfaces) {
    const inside = insideAddresses.map((address) => [address]);
    return { machines: outsideAddresses.length > 0 ? [...inside, outsideAddresses] : inside, cables: [] };
  }
  const behind = new Map<string, string[]>();
  for (const address of [...insideAddresses, ...outsideAddresses]) {
    const cable = interfaceAt(tables, address);
    if (cable !== undefined) behind.set(cable, [...(behind.get(cable) ?? []), address]);
  }
  return { machines: [...behind.values()], cables: [...behind.keys()] };
}

/** Brings a router into the state that was compiled, from one with only the rules in it that are not the engine's. */
export async function applyRules(
  router: NetNamespace,
  { tables, machine }: RouterState,
  version: IpVersion = 4,
): Promise<void> {
  const { flavour, ownership } = machine;
  if (tables.others) {
    const texts = [...tables.others.map(printOtherTable), printIptablesSave(tables)];
    await router.run("ipset", ["restore"], { input: printIpsetSave(tables.sets) });
    await router.run(`${iptablesOf(version)}-${flavour}-restore`, [], { input: texts.join("") });
    return;
  }
  const others = tables.chains.flatMap((chain) => othersRules(chain, ownership.chainPrefix));
  await router.run(`iptables-${flavour}-restore`, [], { input: printIptablesSave({ chains: others }) });
  await router.run("sh", [], { input: applyScript(tables, ownership, { flavour }) });
}

function othersRules(chain: Chain, ownPrefix: string): readonly Chain[] {
  if (chain.name.startsWith(ownPrefix)) return [];
  const isOwn = (name: string): boolean => name.startsWith(ownPrefix);
  return [{ ...chain, rules: chain.rules.filter(({ target }) => !(target && "to" in target && isOwn(target.to))) }];
}

async function whyNoRawSockets(): Promise<string | undefined> {
  const { exitCode } = await run("perl", ["-e", "use Socket"], { mayFail: true });
  return exitCode === 0 ? undefined : "perl, which opens raw sockets for them, is missing";
}

function isRaw({ protocol }: Probe): boolean {
  return protocol === "sctp" || protocol === "other";
}
