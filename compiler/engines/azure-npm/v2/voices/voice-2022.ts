import type { Labels, Namespace } from "../../../../model/objects.js";
import type { LogEntry } from "../../../log-entry.js";
import { goMap, goSet, klog, logger } from "../../log-lines.js";
import { changedSets, podLines } from "./pod-lines-2022.js";
import { deletionError, ipsetError } from "./program-errors.js";
import type { JumpDeletion, RefusedLine, Surroundings, V2Voice } from "./voice.js";

/** v1.4.23, which tells of everything it does. Source: Azure NPM v1.4.23, and its logs in the vectors. */
export function voice2022(surroundings: Surroundings): V2Voice {
  const nothing = (): LogEntry[] => [];
  return {
    starting: () => starting(surroundings),
    detectingFlavour: nothing,
    noSuchChain: nothing,
    choosing: nothing,
    cleaningUp: nothing,
    cleanedUp: nothing,
    executing: ([, ...args]) => [chains(260, () => `Executing iptables command with args [${args.join(" ")}]`)],
    deletedJump,
    foundChains: nothing,
    movingJump: () => [
      logger("Info: Reconciler deleting and re-adding jump from FORWARD chain to AZURE-NPM chain table."),
    ],
    insertingJump: () => [chains(390, "Inserting jump from FORWARD chain to AZURE-NPM chain")],
    started: () => [
      klog("npm.go:55", `API server version: ${surroundings.apiServerVersion} AI metadata `),
      logger("Initialized AppInsights handle"),
      klog("ai-utils.go:93", "starting NPM - (NPM v2)"),
      klog("server.go:61", "Starting NPM HTTP API on 0.0.0.0:10091... "),
    ],
    gaveUp: nothing,

    applyingSets: ({ changed, destroyed }) =>
      changed.length + destroyed.length === 0
        ? [sets(428, "No IPSets to apply")]
        : [sets(432, () => `toAddUpdateCache: ${goSet(changed)} \ntoDeleteCache: ${goSet(destroyed)}`)],
    refusedLine,
    appliedAtLast: (attempts, empty) => [
      ...(empty
        ? [
            klog(
              "restore.go:180",
              "returning as a success without running command [ipset restore] since the fileString is empty",
            ),
          ]
        : []),
      klog(
        "restore.go:154",
        `successfully ran command [ipset restore] on try number ${empty ? attempts : attempts + 1}`,
      ),
    ],
    removedUnusedSets: (count, doomed) =>
      count === 0
        ? []
        : [sets(82, () => `removed ${count} empty/unreferenced ipsets, updating toDeleteCache to: ${goSet(doomed)}`)],
    removingStaleChains: (names) => [chains(213, `cleaning up these stale chains: [${names.join(" ")}]`)],

    applyingNamespace,
    deletingNamespace,
    changingPod: podLines,
    refusedPolicy: nothing,
    updatingPolicy: (key, known) => [
      dataPlane(279, `Update Policy called for ${key}`),
      ...(known ? [] : [dataPlane(282, `Policy ${key} is not found.`)]),
    ],
    addingPolicy: (key) => [dataPlane(209, `Add Policy called for ${key}`)],
    removingPolicy: (key) => [dataPlane(243, `Remove Policy called for ${key}`)],
    policyIsGone: (key) => [
      klog("networkPolicyController.go:217", `Network Policy ${key} is not found, may be it is deleted`),
    ],
    synced: (kind, key) => [klog(syncedPlace[kind], `Successfully synced '${key}'`)],
  };
}

const syncedPlace = {
  Namespace: "namespaceController.go:235",
  Pod: "podController.go:294",
  NetworkPolicy: "networkPolicyController.go:183",
} as const;

function starting({ tag, placesFirst }: Surroundings): LogEntry[] {
  const listening = "ListeningPort:10091 ListeningAddress:0.0.0.0 Transport:{Address: Port:0 ServicePort:0}";
  const enabled = "EnablePrometheusMetrics:true EnablePprof:true EnableHTTPDebugAPI:true EnableV2NPM:true";
  const toggles = `${enabled} PlaceAzureChainFirst:${placesFirst} ApplyIPSetsOnNeed:false`;
  return [
    klog("root.go:31", "Using config file: /etc/azure-npm/azure-npm.json"),
    klog("start.go:70", `loaded config: {ResyncPeriodInMinutes:15 ${listening} Toggles:{${toggles}}}`),
    klog("start.go:71", `starting NPM version 2 with image ${tag}`),
    klog("start.go:80", "initializing metrics"),
    logger("Finished initializing all Prometheus metrics"),
    klog("start.go:86", "loading in cluster kubeconfig"),
    // NPM draws a number from 15 to 29.
    klog("start.go:112", "Resync period for NPM pod is set to 15."),
    klog("prometheus-metrics.go:133", "metrics have already been initialized"),
    chains(151, "booting up iptables Azure chains"),
  ];
}

function deletedJump(deletion: JumpDeletion): LogEntry[] {
  if (deletion.outcome === "deleted")
    return [chains(161, "deleted deprecated jump rule from FORWARD chain to AZURE-NPM chain")];
  const { status, output } = deletionError(deletion);
  const command = `[${deletion.words.join(" ")}]`;
  const [line, because] =
    deletion.outcome === "no-such-chain" ? [166, "AZURE-NPM chain doesn't exist"] : [169, "NPM v1 was not used prior"];
  const what = `didn't delete deprecated jump rule from FORWARD chain to AZURE-NPM chain likely because ${because}`;
  const error = `failed to run iptables command ${command} Stderr: [${output}]: exit status ${status}`;
  return [
    logger(`error: There was an error running command: ${command} Stderr: [exit status ${status}, ${output}]`),
    chains(line, `${what}. Exit code ${status} and error: ${error}`),
  ];
}

function refusedLine({ attempt, lines, refused, set, whole }: RefusedLine): LogEntry[] {
  const skipped = !whole
    ? [
        klog("restore.go:272", `continuing after line ${refused + 1} for command [ipset restore]`),
        klog("ipsetmanager_linux.go:609", `skipping add line for hash set ${set} due to unknown error`, "E"),
      ]
    : [
        klog(
          "restore.go:277",
          `continuing after line ${refused + 1} and aborting section associated with the line for command [ipset restore]`,
        ),
        klog(
          "ipsetmanager_linux.go:561",
          `skipping create and any following adds/deletes for set ${set} due to unknown error`,
          "E",
        ),
      ];
  const text = () => {
    const ran = "error running command [ipset restore] with err [exit status 1]";
    const error = `line-number error: ${ran} and stdErr [ipset v7.17: ${ipsetError(lines, refused)}\n]`;
    const what = `on try number ${attempt}, failed to run command [ipset restore]. Rerunning with updated file.`;
    return `${what} Had error [${error}].\nUsed file:\n${lines.join("\n")}`;
  };
  return [...skipped, klog("restore.go:145", text, "E"), logger(() => `error: ${text()}`)];
}

function applyingNamespace({ name, labels }: Namespace, before: "unknown" | { readonly labels: Labels }): LogEntry[] {
  if (before !== "unknown" && goMap(before.labels) === goMap(labels))
    return [namespaces(306, `[NAMESPACE UPDATE EVENT] Namespace [${name}] labels did not change`)];
  const updating = namespaces(354, () => `NAMESPACE UPDATING:\n namespace: [${name}/${goMap(labels)}]`);
  if (before === "unknown") {
    const added = [...labels].map(([key, value]) =>
      namespaces(331, `Adding namespace ${name} to ipset list ${key} and ${key}:${value}`),
    );
    return [updating, ...added];
  }
  const removed = changedSets(before.labels, labels).map((list) =>
    namespaces(383, `Deleting namespace ${name} from ipset list ${list}`),
  );
  const added = changedSets(labels, before.labels).map((list) =>
    namespaces(399, `Adding namespace ${name} to ipset list ${list}`),
  );
  return [updating, ...removed, ...added];
}

function deletingNamespace(name: string, before: { readonly labels: Labels } | undefined): LogEntry[] {
  const gone = [
    namespaces(276, `Namespace ${name} not found, may be it is deleted`),
    namespaces(432, `NAMESPACE DELETING: [${name}]`),
  ];
  if (!before) return gone;
  return [
    ...gone,
    namespaces(438, `NAMESPACE DELETING cached labels: [${name}/${goMap(before.labels)}]`),
    ...[...before.labels].flatMap(([key, value]) => [
      namespaces(446, `Deleting namespace ${name} from ipset list &{${key} KeyLabelOfNameSpace}`),
      namespaces(454, `Deleting namespace ${name} from ipset list ${key}:${value}`),
    ]),
  ];
}

function namespaces(line: number, text: string | (() => string)): LogEntry {
  return klog(`namespaceController.go:${line}`, text);
}

function chains(line: number, text: string | (() => string)): LogEntry {
  return klog(`chain-management_linux.go:${line}`, text);
}

function sets(line: number, text: string | (() => string)): LogEntry {
  return klog(
    `ipsetmanager.go:${line}`,
    typeof text === "string" ? `[IPSetManager] ${text}` : () => `[IPSetManager] ${text()}`,
  );
}

function dataPlane(line: number, text: string): LogEntry {
  return klog(`dataplane.go:${line}`, `[DataPlane] ${text}`);
}
