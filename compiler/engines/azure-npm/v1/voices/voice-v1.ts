import { goMap, klog, logger, plain } from "../../log-lines.js";
import type { LogText } from "../../../log-entry.js";
import { keyOf } from "../../../../model/objects.js";
import { goEntry, goIpsetEntry, goPort } from "./go-values.js";
import { nodeOf } from "./pod-facts.js";
import { ErrorLog, executing, ipsetFailure, iptablesFailure, sayTranslation, type Say } from "./shared-lines.js";
import { silence, type PolicyTask, type Surroundings, type V1Voice } from "./voice.js";

/** v1.4.9: controllers speak through klog, what runs commands through NPM's own logger. Source: its logs in the vectors. */
export function voiceV1({ tag, apiServerVersion }: Surroundings, say: Say): V1Voice {
  const errors = new ErrorLog(say);
  const shape = { isJump: false };
  const namespaces = (line: number, text: LogText) => say(klog(`nameSpaceController.go:${line}`, text));
  const pods = (line: number, text: LogText) => say(klog(`podController.go:${line}`, text));
  const policies = (line: number, text: LogText) => say(klog(`networkPolicyController.go:${line}`, text));
  return {
    ...silence,

    ranIptables(run) {
      const { operation, chain, status } = run;
      const isCheck = operation === "-C";
      if (!isCheck) say(executing(() => run.words));
      if (status === 0) say(plain("[]"));
      else if (!isCheck && operation !== "-N") errors.error(() => iptablesFailure(run));
      if (operation === "-X" && status === 1) say(logger(`Chain doesn't exist ${chain}.`));
    },
    ranIpset(run) {
      say(executing(() => run.words));
      if (run.status !== 0) errors.error(() => ipsetFailure(run));
    },

    starting() {
      say(klog("main.go:41", `Start NPM version: ${tag}`));
      say(logger("Finished initializing all Prometheus metrics"));
      // NPM draws a number from 15 to 29.
      say(klog("main.go:76", "Resync period for NPM pod is set to 15."));
      say(klog("npm.go:173", "Azure-NPM creating, cleaning iptables"));
    },
    keptJump: () => errors.error(() => "failed to add default allow CONNECTED/RELATED rule to AZURE-NPM chain."),
    destroyingSets() {
      say(klog("npm.go:177", "Azure-NPM creating, cleaning existing Azure NPM IPSets"));
      say(logger("No Azure-NPM IPsets are found in the Node."));
    },
    connected: () => say(klog("npm.go:201", `Run NPM (${tag}) on K8s version ${apiServerVersion}`)),
    started() {
      errors.connectInsights();
      say(logger("Starting NPM HTTP API on 0.0.0.0:10091... "));
      pods(273, () => "Starting Pod 1 worker(s)");
      pods(278, () => "Started Pod workers");
      namespaces(219, () => "Starting Namespace controller");
      namespaces(220, () => "Starting workers");
      namespaces(226, () => "Started workers");
      policies(169, () => "Starting Network Policy 1 worker(s)");
      policies(174, () => "Started Network Policy 1 worker(s)");
    },

    makingChains: () => say(logger("Initializing AZURE-NPM chains.")),
    creatingSet: (name, kernelName, words) =>
      say(logger(() => `Creating Set: ${goIpsetEntry("-N", name, kernelName, `[${words.join(" ")}]`)}`)),
    creatingList: (name, kernelName) =>
      say(logger(() => `Creating List: ${goIpsetEntry("-N", name, kernelName, "[setlist]")}`)),

    heardOfNamespace: (heard, name) => namespaces(129, () => `[NAMESPACE ${heard} EVENT] for namespace [${name}]`),
    // No log of this case is known, nor the line it is written at.
    sameLabels: (name) => namespaces(171, () => `[NAMESPACE UPDATE EVENT] Namespace [${name}] labels did not change`),
    syncingNamespace: ({ name, labels }) =>
      namespaces(370, () => `NAMESPACE UPDATING:\n namespace: [ns-${name}/${goMap(labels)}]`),
    creatingNamespace: (name, labels) => namespaces(326, () => `NAMESPACE CREATING: [ns-${name}/${goMap(labels)}]`),
    joiningList: (namespace, list, reason) =>
      namespaces(joinLines[reason], () => `Adding namespace ${namespace} to ipset list ${list}`),
    leavingList: (namespace, list, reason) =>
      namespaces(leaveLines[reason], () => `Deleting namespace ${namespace} from ipset list ${list}`),
    deletingNamespace(name, labels) {
      namespaces(291, () => `NameSpace ${name} not found, may be it is deleted`);
      namespaces(435, () => `NAMESPACE DELETING: [ns-${name}]`);
      namespaces(442, () => `NAMESPACE DELETING cached labels: [ns-${name}/${goMap(labels)}]`);
    },

    heardOfPod: (heard, { name, namespace }) =>
      pods(heard === "DELETE" ? 240 : 148, () => `[POD ${heard} EVENT] for ${name} in ${namespace}`),
    ignoringHostNetwork: (heard, { uid, namespace, name, labels, ip }) =>
      pods(heard === "DELETE" ? 242 : 155, () => {
        const pod = `[${uid}/${namespace}/${name}/${goMap(labels)}${ip}]`;
        return `[POD ${heard} EVENT] HostNetwork POD IGNORED: ${pod}`;
      }),
    nothingToSync: (heard) => {
      if (heard === "UPDATE") pods(190, () => "[POD UPDATE EVENT] No need to sync this pod");
    },
    podIsGone: (key) => pods(350, () => `pod ${key} not found, may be it is deleted`),
    syncingPod: (key) => pods(448, () => `[syncAddAndUpdatePod] updating Pod with key ${key}`),
    readdressing(before, pod, phase) {
      const key = keyOf(pod);
      if (phase === "deleting") return pods(469, () => `Deleting cached Pod with key:${key} first due to IP Mistmatch`);
      if (phase === "adding") return pods(474, () => `Adding back Pod with key:${key} after IP Mistmatch`);
      const { namespace, name, uid } = pod;
      const who = `Pod (Namespace:${namespace}, Name:${name}, newUid:${uid})`;
      const differ = `has cachedPodIp:${before.ip} which is different from PodIp:${pod.ip}`;
      say(logger(`[syncAddAndUpdatePod] Info: Unexpected state. ${who} , ${differ}`));
    },
    creatingPod: (pod) =>
      pods(385, (facts) => {
        const { uid, namespace, name, labels, ip } = pod;
        return `POD CREATING: [${uid}ns-${namespace}/${name}/${nodeOf(pod, facts)}${goMap(labels)}${ip}]`;
      }),
    cleaningUpPod: (key) => pods(545, () => `[cleanUpDeletedPod] deleting Pod with key ${key}`),
    joiningSet: (address, set, reason) =>
      pods(
        { namespace: 391, key: 401, pair: 407, relabelled: 503 }[reason],
        () => `Adding pod ${address} to ipset ${set}`,
      ),
    leavingSet(address, set, reason) {
      if (reason === "namespace") return;
      const line = { key: 562, pair: 568, relabelled: 489 }[reason];
      pods(line, () => `Deleting pod ${address} from ipset ${set}`);
    },
    addingNamedPorts: () => pods(415, () => "Adding named port ipsets"),
    namedPort(port, operation) {
      pods(628, () => `port is ${goPort(port)}`);
      if (port.name !== "" && operation === "add") pods(649, () => "in Adding named port ipsets");
    },

    heardOfPolicy(heard, policy) {
      if (heard === "DELETE") policies(247, () => `Network Policy ${keyOf(policy)} is not found, may be it is deleted`);
    },
    translated(_policy, translation) {
      const lists = () => {
        const all = translation.lists.map(({ name, members }) => `${name}:[${members.join(" ")}]`);
        return `map[${all.join(" ")}]`;
      };
      sayTranslation(say, translation, { sets: () => translation.logged.sets, lists }, shape);
    },
    namingSet: (kind, name, kernelName) =>
      policies(
        { addresses: 343, ports: 349, block: 461 }[kind],
        () => `Creating set: ${name}, hashedSet: ${kernelName}`,
      ),
    destroyingBlock: (name, kernelName) => policies(492, () => `Delete set: ${name}, hashedSet: ${kernelName}`),
    addingRule: (entry) => say(logger(() => `Adding iptables entry: ${goEntry(entry, shape)}.`)),
    deletingRule: (entry) => say(logger(() => `Deleting iptables entry: ${goEntry(entry, shape)}`)),
    stoppedAtRule(_entry, operation) {
      if (operation === "add") errors.error(() => "failed to create iptables rules.");
    },

    requeuing(key, task, entry) {
      const text = () => {
        const failed = `Error: failed to apply iptables rule. Rule: ${goEntry(entry, shape, true)} with err: exit status 2`;
        return `error syncing '${key}': ${around[task](failed)}\n, requeuing`;
      };
      say(klog("networkPolicyController.go:221", text, "E"));
      say(logger(() => `syncNetPol error due to ${text()}`));
    },
    synced: (kind, key) => say(klog(syncedPlace[kind], () => `Successfully synced '${key}'`)),
  };
}

/** What the functions of NPM wrap around an error. Source: v1.4.7, which was run. */
const around: Readonly<Record<PolicyTask, (failed: string) => string>> = {
  add: (failed) => `[syncNetPol] Error due to  [syncAddAndUpdateNetPol] ${failed}`,
  update: (failed) =>
    `[syncNetPol] Error due to  [syncAddAndUpdateNetPol] Error: failed to deleteNetworkPolicy due to [cleanUpNetworkPolicy] ${failed}`,
  delete: (failed) => `[syncNetPol] Error: [cleanUpNetworkPolicy] ${failed} when network policy is not found`,
};

const syncedPlace = {
  Namespace: "nameSpaceController.go:269",
  Pod: "podController.go:321",
  NetworkPolicy: "networkPolicyController.go:216",
} as const;

const joinLines = { key: 346, pair: 353, relabelled: 411 } as const;
const leaveLines = { key: 449, pair: 456, relabelled: 394 } as const;
