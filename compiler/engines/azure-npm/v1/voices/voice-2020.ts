import { goMap, logger } from "../../log-lines.js";
import type { LogText } from "../../../log-entry.js";
import { goEntry, goIpsetEntry } from "./go-values.js";
import { namespaceText, nodeOf, podText } from "./pod-facts.js";
import {
  ErrorLog,
  executing,
  ipsetFailure,
  iptablesFailure,
  sayTranslation,
  uniqueNames,
  type Say,
} from "./shared-lines.js";
import { silence, type Surroundings, type V1Voice } from "./voice.js";

/** v1.2.2: NPM's own logger, to standard output and into the file. Source: its logs in the vectors. */
export function voice2020({ apiServerVersion }: Surroundings, say: Say): V1Voice {
  const errors = new ErrorLog(say);
  const shape = { isJump: true };
  const log = (text: LogText) => say(logger(text));
  return {
    ...silence,

    ranIptables(run) {
      const { operation, chain, status } = run;
      if (operation === "-C") return;
      say(executing(() => run.words));
      if (status === 0 || operation === "-N") return;
      errors.error(() => iptablesFailure(run));
      if (operation === "-X" && status === 1) log(() => `Chain doesn't exist ${chain}.`);
    },
    ranIpset(run) {
      say(executing(() => run.words));
      if (run.status !== 0) errors.error(() => ipsetFailure(run));
    },

    starting() {
      log(() => "Finished initializing all Prometheus metrics");
      log(() => "Azure-NPM creating, cleaning iptables");
    },
    keptJump: () => errors.error(() => "failed to add default allow CONNECTED/RELATED rule to AZURE-NPM chain."),
    destroyingSets() {
      log(() => "Azure-NPM creating, cleaning existing Azure NPM IPSets");
      log(() => "{DestroyNpmIpsets} Reply from command ipset list executed is ");
      log(() => "No Azure-NPM IPsets are found in the Node.");
    },
    connected: () => log(() => `API server version: ${apiServerVersion}`),
    started() {
      errors.connectInsights();
      log(() => "Starting Prometheus HTTP Server");
    },

    makingChains: () => log(() => "Initializing AZURE-NPM chains."),
    creatingSet: (name, kernelName, words) =>
      log(() => `Creating Set: ${goIpsetEntry("-N", name, kernelName, `[${words.join(" ")}]`)}`),
    creatingList: (name, kernelName) =>
      log(() => `Creating List: ${goIpsetEntry("-N", name, kernelName, "[setlist]")}`),

    updatingNamespace: (before, namespace) =>
      log(() => {
        return `NAMESPACE UPDATING:\n old namespace: [${namespaceText(before)}]\n new namespace: [${namespaceText(namespace)}]`;
      }),
    creatingNamespace: (name, labels) => log(() => `NAMESPACE CREATING: [${namespaceText({ name, labels })}]`),
    joiningList: (namespace, list) => log(() => `Adding namespace ${namespace} to ipset list ${list}`),
    leavingList: (namespace, list) => log(() => `Deleting namespace ${namespace} from ipset list ${list}`),
    deletingNamespace: (name, labels) => log(() => `NAMESPACE DELETING: [${namespaceText({ name, labels })}]`),

    updatingPod: (before, pod) =>
      log(() => `POD UPDATING:\n old pod: [${podText(before)}]\n new pod: [${podText(pod)}]`),
    creatingPod: (pod) =>
      log((facts) => {
        const { uid, namespace, name, labels, ip } = pod;
        return `POD CREATING: [${uid}ns-${namespace}/${name}/${nodeOf(pod, facts)}${goMap(labels)}${ip}]`;
      }),
    deletingPod: (pod) =>
      log((facts) => {
        const { uid, namespace, name, labels, ip } = pod;
        return `POD DELETING: [ns-${namespace}/${name}${uid}/${nodeOf(pod, facts)}${goMap(labels)}${ip}]`;
      }),
    joiningSet: (address, set) => log(() => `Adding pod ${address} to ipset ${set}`),
    leavingSet(address, set, reason) {
      if (reason !== "namespace") log(() => `Deleting pod ${address} from ipset ${set}`);
    },

    heardOfPolicy(heard, { namespace, name }) {
      if (heard === "UPDATE") log(() => "NETWORK POLICY UPDATING");
      else if (heard === "ADD") log(() => `NETWORK POLICY CREATING: NameSpacens-${namespace}, Name:${name}`);
      else log(() => `NETWORK POLICY DELETING: Namespace: ns-${namespace}, Name:${name}`);
    },
    translated: (_policy, translation) => sayTranslation(say, translation, uniqueNames(translation), shape),
    namingSet: (_kind, name, kernelName) => log(() => `Creating set: ${name}, hashedSet: ${kernelName}`),
    destroyingBlock: (name, kernelName) => log(() => `Delete set: ${name}, hashedSet: ${kernelName}`),
    addingRule: (entry) => log(() => `Adding iptables entry: ${goEntry(entry, shape)}.`),
    deletingRule: (entry) => log(() => `Deleting iptables entry: ${goEntry(entry, shape)}`),
  };
}
