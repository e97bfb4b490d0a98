import type { LogEntry } from "../../log-entry.js";
import type { TableName } from "../../../netfilter/tables.js";
import type { Cluster } from "../cluster/cluster.js";
import type { FelixChain } from "../felix/rule.js";
import type { Generation } from "../generation.js";
import type { NodePlan } from "../node-plan.js";
import type { Settings } from "../settings.js";
import { CalcGraph, type CalculatedNode, type Updates } from "./calc-graph.js";
import { environment, readConfigurations, readEnvironment } from "./configuration.js";
import { DataPlane } from "./data-plane.js";
import { FelixWriter } from "./felix-writer.js";
import { findInterfaces } from "./found-interfaces.js";
import type { StartUp } from "./start-up.js";
import { startUpV3246 } from "./start-up-v3246.js";
import { startUpV331 } from "./start-up-v331.js";
import { startUpV332 } from "./start-up-v332.js";
import { voiceOf } from "./voice.js";

/** What a node is after some objects have come and gone. */
export interface SettledNode {
  readonly cluster: Cluster;
  readonly plan: NodePlan;
  readonly settings: Settings;
}

const startUps = { "v3.3.1": startUpV331, "v3.24.6": startUpV3246, "v3.32": startUpV332 } as const;

/**
 * Felix's log: in each round it calculates what has changed, tells its data plane, and writes it. Where Felix goes through maps or lets
 * threads race, the order is that of the objects, and what starts with Felix is there before the first round.
 */
export class FelixLog {
  readonly #generation: Generation;
  readonly #writer: FelixWriter;
  readonly #calculation: CalcGraph;
  readonly #dataPlane: DataPlane;
  #startUp: StartUp | undefined;

  constructor(generation: Generation) {
    this.#generation = generation;
    this.#writer = new FelixWriter(voiceOf(generation));
    this.#calculation = new CalcGraph(this.#writer);
    this.#dataPlane = new DataPlane(this.#writer, this.#calculation);
  }

  round({ cluster, plan, settings }: SettledNode): readonly LogEntry[] {
    const { node, felix } = settings;
    const chains = new Map<TableName, ReadonlyMap<string, FelixChain>>();
    const now: CalculatedNode = {
      cluster,
      plan,
      generation: this.#generation,
      node,
      chain(table, name) {
        const known = chains.get(table) ?? new Map(plan.chains[table].map((chain) => [chain.name, chain]));
        chains.set(table, known);
        return known.get(name);
      },
    };
    if (this.#startUp) {
      const updates = this.#calculation.round(now);
      this.#dataPlane.receive(updates, now);
      if (Object.values(updates).some(({ length }) => length > 0)) {
        this.#dataPlane.apply(updates, now, this.#startUp);
      }
    } else {
      const facts = { node: node.name, prefixes: node.interfacePrefixes, felix };
      this.#startUp = startUps[this.#writer.voice.release](facts);
      this.#dataPlane.apply(this.#start(now, settings, this.#startUp), now, this.#startUp);
    }
    return this.#writer.take();
  }

  /** Everything before the first time that something is written. */
  #start(now: CalculatedNode, { node, felix }: Settings, { script }: StartUp): Updates {
    const configured = environment(node.name, node.interfacePrefixes, felix, this.#writer);
    let updates: Updates | undefined;
    for (const each of script) {
      if (typeof each === "string") {
        this.#writer.write(each);
        continue;
      }
      switch (each.step) {
        case "configuration":
          readEnvironment(configured, this.#writer);
          break;
        case "configuration again":
          readConfigurations(configured, this.#writer);
          break;
        case "pools":
          this.#dataPlane.queueSet(this.#generation.statics.poolsSet, "hash:net");
          this.#dataPlane.queueSet("masq-ipam-pools", "hash:net");
          break;
        case "chains":
          this.#dataPlane.start(now);
          break;
        case "interfaces":
          findInterfaces(node, this.#generation, this.#writer, () => this.#dataPlane.queueSet("this-host", "hash:ip"));
          break;
        case "calculated":
          updates = this.#calculation.round(now);
          break;
        case "messages":
          this.#writer.say("notReadyReceived", { msg: "&{}" }, this.#writer.voice.receivedEnd);
          this.#dataPlane.receive(updates!, now);
          this.#dataPlane.inSync();
          break;
      }
    }
    return updates!;
  }
}
