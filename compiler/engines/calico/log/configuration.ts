import type { FelixSettings } from "../settings.js";
import type { FelixWriter } from "./felix-writer.js";

/** A setting of Felix's environment, as written and as Felix prints what it read. */
interface Setting {
  readonly name: string;
  readonly raw: string;
  readonly parsed: string;
}

/** Felix's settings as they come from its environment on AKS, by name. */
export function environment(
  node: string,
  prefixes: readonly string[],
  { defaultEndpointToHostAction: toHost }: FelixSettings,
  writer: FelixWriter,
): readonly Setting[] {
  const { release } = writer.voice;
  const setting = (name: string, raw: string, parsed = raw): Setting => ({ name, raw, parsed });
  const none = (name: string): Setting => setting(name, "none", "");
  return [
    setting("DatastoreType", "kubernetes"),
    setting("DefaultEndpointToHostAction", toHost),
    setting("FelixHostname", node),
    setting("InterfacePrefix", prefixes.join(",")),
    ...(release === "v3.3.1" ? [setting("IpInIpEnabled", "false")] : [setting("IptablesBackend", "legacy")]),
    setting("Ipv6Support", "false"),
    none("LogFilePath"),
    setting("LogSeverityScreen", "info", "INFO"),
    none("LogSeveritySys"),
    ...(release === "v3.32" ? [setting("NFTablesMode", "Disabled")] : []),
    ...(release === "v3.3.1" ? [] : [setting("RouteSyncDisabled", "true"), setting("XDPEnabled", "false")]),
  ];
}

/** Felix reads its environment. */
export function readEnvironment(settings: readonly Setting[], writer: FelixWriter): void {
  const pairs = settings.map(({ name, raw }) => `${name}:${raw}`).join(" ");
  merge("datastore (global)", "", writer);
  merge("environment variable", pairs, writer);
  resolve(settings, writer);
}

/** Felix has learned what the cluster configures, which is nothing, and works everything out again. */
export function readConfigurations(settings: readonly Setting[], writer: FelixWriter): void {
  const sources = ["global", ...(writer.voice.release === "v3.32" ? ["per-node-selector"] : []), "per-host"];
  for (const source of sources) {
    merge(`datastore (${source})`, "", writer);
    resolve(settings, writer);
  }
}

function merge(source: string, pairs: string, writer: FelixWriter): void {
  writer.say("configurationMerged", {}, ` ${source}: map[${pairs}]`);
}

function resolve(settings: readonly Setting[], writer: FelixWriter): void {
  for (const { name, raw, parsed } of settings) {
    const from = "(from environment variable)";
    writer.say("settingRead", {}, ` ${name}: ${raw} ${from}`);
    if (raw === "none") writer.say("settingNone");
    writer.say("settingParsed", {}, ` ${name}: ${parsed} ${from}`);
  }
}
