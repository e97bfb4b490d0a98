import type { LogEntry } from "../../../log-entry.js";
import { goMap, klog, logger, plain } from "../../log-lines.js";
import { deletionError, ipsetError, noSuchChainOutput } from "./program-errors.js";
import type { JumpDeletion, PodChange, Surroundings, V2Voice } from "./voice.js";

/** Where the lines stand that did not stay in one place between releases. */
export interface QuietPlaces {
  readonly loadedConfig: string;
  readonly onLinux: string;
  readonly startingNpm: string;
  readonly initializingMetrics: string;
  readonly loadingKubeconfig: string;
  readonly resyncPeriod: string;
  readonly configuredInBackground: string;
  readonly apiServerVersion: string;
  readonly translationFailed: string;
  readonly policyNotFound: string;
  /** The config has a switch for NPM Lite. */
  readonly knowsLite: boolean;
}

/**
 * Releases since March 2025, when the lines about what goes well were taken out: they log their start, single iptables
 * commands, deletions and what goes wrong. Source: Azure NPM cbd7560cf and v1.5.50, and the logs of the vectors.
 */
export function quietVoice(places: QuietPlaces, surroundings: Surroundings): V2Voice {
  const nothing = (): LogEntry[] => [];
  return {
    starting: () => starting(places, surroundings),
    detectingFlavour: (attempt) =>
      attempt === "nft"
        ? [chains(253, "first attempt detecting iptables version. looking for hint/canary chain in iptables-nft")]
        : [chains(259, "second attempt detecting iptables version. looking for hint/canary chain in iptables-legacy")],
    noSuchChain: (words, flavour) => [logger(runError(words, 1, noSuchChainOutput(flavour)))],
    choosing: (flavour) => [klog(`const.go:${flavour === "nft" ? 269 : 276}`, `setting iptables to ${flavour}`)],
    cleaningUp: (other) => [
      other === "legacy"
        ? chains(301, "detected nft iptables. cleaning up legacy iptables")
        : chains(304, "detected legacy iptables. cleaning up nft tables"),
    ],
    cleanedUp: (other) => [
      chains(349, "no chains to cleanup"),
      other === "legacy" ? chains(310, "cleaned up legacy iptables") : chains(313, "cleaned up nft tables"),
    ],
    executing: ([command = "", ...args]) => [
      chains(523, () => `executing iptables command [${command}] with args [${args.join(" ")}]`),
    ],
    deletedJump,
    foundChains: (count) => [chains(229, `found ${count} current chains in the default iptables`)],
    movingJump: () => [
      logger("Info: Reconciler deleting and re-adding jump from FORWARD chain to AZURE-NPM chain table."),
    ],
    insertingJump: () => [chains(655, "Inserting jump from FORWARD chain to AZURE-NPM chain")],
    started: () => [
      send(
        "[DataPlane] dataplane configured to add netpols in background every 500ms or every 100 calls to AddPolicy()",
      ),
      klog(places.apiServerVersion, `API server version: ${surroundings.apiServerVersion} AI metadata `),
      send("starting NPM"),
      klog("server.go:60", "Starting NPM HTTP API on 0.0.0.0:10091... "),
    ],
    gaveUp: () => [
      logger(`Failed to start NPM due to ${syncFailure}\n${stack}`),
      plain(`Error: failed to start with err: ${syncFailure}`),
    ],

    applyingSets: nothing,
    refusedLine: ({ attempt, lines, refused }) => [
      logger(
        () =>
          `error: on try number ${attempt}, failed to run command [ipset restore]. Rerunning with updated file. err: [line-number error: error running command [ipset restore] with err [exit status 1] and stdErr [ipset v7.17: ${ipsetError(lines, refused)}\n]]`,
      ),
    ],
    appliedAtLast: (attempts) => [logger(`successfully ran command [ipset restore] on try number ${attempts}`)],
    removedUnusedSets: nothing,
    removingStaleChains: (names) => [chains(472, `cleaning up these stale chains: [${names.join(" ")}]`)],

    applyingNamespace: ({ name, labels }, before) =>
      before !== "unknown" && goMap(before.labels) === goMap(labels)
        ? [klog("namespaceController.go:303", `[NAMESPACE UPDATE EVENT] Namespace [${name}] labels did not change`)]
        : [],
    deletingNamespace: (name) => [
      klog("namespaceController.go:273", `Namespace ${name} not found, may be it is deleted`),
    ],
    changingPod,
    refusedPolicy: ({ namespace, name }, why) => {
      // NPM tries again and again; the first attempt stands for all.
      if (typeof why !== "string") return [logger(`error: failed to add to sets: invalid ip ${why.exception} nomatch`)];
      const what = `NetworkPolicy ${name} in namespace ${namespace}: ${translationErrors[why]}`;
      return [klog(places.translationFailed, `Failed to translate podSelector in ${what}`, "E")];
    },
    updatingPolicy: nothing,
    addingPolicy: nothing,
    removingPolicy: nothing,
    policyIsGone: (key) => [klog(places.policyNotFound, `Network Policy ${key} is not found, may be it is deleted`)],
    synced: nothing,
  };
}

const translationErrors = {
  address: "unsupported IP address",
  selector:
    "Non-CIDR blocks, named ports, and ingress/egress namespace/pod selectors are not supported when NPM Lite is enabled, allowing only CIDR-based policies",
  "named-port": "unsupported namedport translation features used on windows",
} as const;

const syncFailure = "informer sync failure";

/** Where the error was made, as its package prints it. */
const stack = [
  "github.com/Azure/azure-container-networking/npm/pkg/models.init",
  "\t<autogenerated>:1",
  "runtime.doInit1",
  "\t/usr/local/go/src/runtime/proc.go:8103",
  "runtime.doInit",
  "\t/usr/local/go/src/runtime/proc.go:8070",
  "runtime.main",
  "\t/usr/local/go/src/runtime/proc.go:258",
  "runtime.goexit",
  "\t/usr/local/go/src/runtime/asm_amd64.s:1771",
].join("\n");

/** A metric, and the registry it belongs to. */
const metrics: readonly (readonly [name: string, registry: "cluster" | "node"])[] = [
  ["num_iptables_rules", "cluster"],
  ["num_ipsets", "cluster"],
  ["num_ipset_entries", "cluster"],
  ["ipset_counts", "cluster"],
  ["add_iptables_rule_exec_time", "node"],
  ["add_ipset_exec_time", "node"],
  ["num_policies", "cluster"],
  ["add_policy_exec_time", "node"],
  ["policy_exec_time", "node"],
  ["pod_exec_time", "node"],
  ["namespace_exec_time", "node"],
  ["pods_watched", "cluster"],
];

const linuxMetrics = ["restore_latency_seconds", "delete_latency_seconds", "restore_failure_total"];

function starting(places: QuietPlaces, surroundings: Surroundings): LogEntry[] {
  const registered = (name: string, registry: string) =>
    klog("prometheus-metrics.go:403", `registered metric ${name} to registry ${registry}-metrics`);
  return [
    klog("root.go:31", "Using config file: /etc/azure-npm/azure-npm.json"),
    klog(places.loadedConfig, `loaded config: ${configText(places, surroundings)}`),
    klog(places.onLinux, "NPM is running on Linux Dataplane"),
    klog(places.startingNpm, `starting NPM version 2 with image ${surroundings.tag}`),
    klog(places.initializingMetrics, "initializing metrics"),
    ...metrics.map(([name, registry]) => registered(name, registry)),
    klog(
      "prometheus-metrics.go:323",
      "initializing Linux metrics. will not register the newly created metrics in this function",
    ),
    klog("prometheus-metrics.go:195", "registering linux metrics"),
    ...linuxMetrics.map((name) => registered(`iptables_${name}`, "node")),
    logger("Finished initializing all Prometheus metrics"),
    klog(places.loadingKubeconfig, "loading in cluster kubeconfig"),
    // NPM draws a number from 15 to 29.
    klog(places.resyncPeriod, "Resync period for NPM pod is set to 15."),
    klog("ai-utils.go:28", "LogLevel is info. Debugmode is set to false."),
    logger("Initialized AppInsights handle"),
    klog("prometheus-metrics.go:161", "metrics have already been initialized"),
    klog(places.configuredInBackground, "[DataPlane] dataplane configured to NOT apply in background"),
    chains(189, "booting up iptables Azure chains"),
  ];
}

/** The config as Go prints the structure: the defaults, but for what the command line says. */
function configText({ knowsLite }: QuietPlaces, { placesFirst, lite }: Surroundings): string {
  const toggles = [
    "EnablePrometheusMetrics:true EnablePprof:true EnableHTTPDebugAPI:true EnableV2NPM:true",
    `PlaceAzureChainFirst:${placesFirst} ApplyIPSetsOnNeed:false ApplyInBackground:true NetPolInBackground:true`,
    ...(knowsLite ? [`EnableNPMLite:${lite}`] : []),
  ];
  const listening = "ListeningPort:10091 ListeningAddress:0.0.0.0 Transport:{Address: Port:0 ServicePort:0}";
  const batches = "ApplyMaxBatches:100 ApplyIntervalInMilliseconds:500 MaxBatchedACLsPerPod:30 MaxPendingNetPols:100";
  const rest = `WindowsNetworkName: ${batches} NetPolInvervalInMilliseconds:500 Toggles:{${toggles.join(" ")}}`;
  return `{ResyncPeriodInMinutes:15 ${listening} ${rest} LogLevel:info}`;
}

function deletedJump(deletion: JumpDeletion): LogEntry[] {
  if (deletion.outcome === "deleted")
    return [chains(211, "deleted deprecated jump rule from FORWARD chain to AZURE-NPM chain")];
  const { status, output } = deletionError(deletion);
  const because = deletion.outcome === "no-such-chain" ? "AZURE-NPM chain doesn't exist" : "NPM v1 was not used prior";
  const inNft = deletion.flavour === "nft" ? "in nft tables, " : "";
  const what = `${inNft}didn't delete deprecated jump rule from FORWARD chain to AZURE-NPM chain likely because ${because}`;
  return [
    chains(
      535,
      `${what}. not able to run iptables command [${deletion.words.join(" ")}]. exit code: ${status}, output: ${output}`,
    ),
  ];
}

function changingPod(change: PodChange): LogEntry[] {
  if (change.kind === "deleted") {
    return change.hostNetwork
      ? []
      : [klog("podController.go:302", `pod ${change.key} not found, may be it is deleted`)];
  }
  if (change.kind !== "without-address") return [];
  const { pod } = change;
  return [
    klog("ai-utils.go:109", ({ nodeName }) => {
      const who = `${pod.namespace}/${pod.name}/${pod.nodeName || nodeName}/${goMap(pod.labels)}`;
      const why = "ignored as the PodIP is not valid ipv4 address";
      return `[syncAddedPod] warning: ADD POD  [${who}] ${why}. ip: [${pod.ip}] - (NPM v2)`;
    }),
  ];
}

function runError(words: readonly string[], status: number, output: string): string {
  return `error: There was an error running command: [${words.join(" ")}] Stderr: [exit status ${status}, ${output}]`;
}

function send(text: string): LogEntry {
  return klog("ai-utils.go:109", `${text} - (NPM v2)`);
}

function chains(line: number, text: string | (() => string)): LogEntry {
  return klog(`chain-management_linux.go:${line}`, text);
}
