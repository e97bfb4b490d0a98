import { diagnostic, type Diagnostic } from "../text/diagnostic.js";
import { suggest } from "../text/suggest.js";
import { azureNpm } from "./azure-npm/azure-npm.js";
import { calico } from "./calico/calico.js";
import type { KubernetesObject } from "../model/objects.js";
import type { Resource } from "../model/resources.js";
import type { Configured, Engine, EngineOptions, Machine } from "./engine.js";

/** Every engine there is, the default first. */
export const engines: readonly Engine[] = [azureNpm, calico];

/** The engine of an id, the default one of none. Without an engine there is a diagnostic. */
export function engineOf(id: string | undefined): {
  readonly engine?: Engine;
  readonly diagnostics: readonly Diagnostic[];
} {
  const engine = id === undefined ? engines[0] : engines.find((each) => each.id === id);
  if (engine) return { engine, diagnostics: [] };
  const known = engines.map((each) => each.id);
  const parameters = { text: id!, known: known.join(", "), suggestion: suggest(id!, known) ?? "" };
  return { diagnostics: [diagnostic("unknown-engine", parameters)] };
}

/** The machine of the engine that the options name; an option that only other engines understand is an error. */
export function configure(options: EngineOptions): Configured {
  const { engine, diagnostics } = engineOf(options.engine);
  if (!engine) return { diagnostics };
  const known = new Set<string>(engines.flatMap((each) => each.options));
  const foreign = Object.entries(options)
    .filter(([key, value]) => value !== undefined && known.has(key) && !engine.options.some((own) => own === key))
    .map(([key, value]) => {
      const options = engine.options.map((own) => optionNames[own] ?? own).join(", ");
      return diagnostic("option-of-another-engine", { option: optionName(key, value), engine: engine.title, options });
    });
  const configured = engine.configure(options);
  if (foreign.length === 0) return configured;
  return { diagnostics: [...foreign, ...configured.diagnostics] };
}

/** Objects that were passed over though the machine's rules would be others with them, and those that it can't make rules of. */
export function refusedObjects(
  machine: Machine,
  skipped: ReadonlyMap<string, number>,
  objects: readonly (KubernetesObject | Resource)[],
): readonly Diagnostic[] {
  const passedOver = [...skipped]
    .filter(([type]) => machine.refuses(type))
    .map(([kind, count]) => diagnostic("resource-not-built", { kind, count, engine: machine.engine }));
  return [...passedOver, ...objects.flatMap((object) => machine.refuseObject?.(object) ?? [])];
}

/** What options are called on the command line, by the name they have here. */
const optionNames: Readonly<Record<string, string>> = {
  flavour: "--iptables",
  placement: "--place-first",
  lite: "--lite",
  node: "--node",
  interfacePrefix: "--interface-prefix",
  interfaces: "--interface",
  hostInterfaces: "--host-interface",
  ipv6: "--ipv6",
  felix: "--felix",
};

function optionName(key: string, value: unknown): string {
  return value === "after-kube-services" ? "--place-after-kube-services" : (optionNames[key] ?? key);
}
