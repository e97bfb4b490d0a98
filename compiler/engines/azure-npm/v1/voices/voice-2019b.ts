import type { LogText } from "../../../log-entry.js";
import { goMap, logger } from "../../log-lines.js";
import { goEntry, goIpsetEntry } from "./go-values.js";
import { goPolicy } from "./go-policy.js";
import { namespaceText, nodeOf, podText } from "./pod-facts.js";
import { executing, ipsetFailure, iptablesFailure, sayTranslation, uniqueNames, type Say } from "./shared-lines.js";
import { silence, type Surroundings, type V1Voice } from "./voice.js";

/** v1.0.30: every command, checks too, and policies as Go prints them, whole. Source: its logs in the vectors. */
export function voice2019b({ apiServerVersion }: Surroundings, say: Say): V1Voice {
  const shape = { isJump: false };
  const log = (text: LogText) => say(logger(text));
  const error = (text: LogText) => say(logger((facts) => `Error: ${text(facts)}`));
  return {
    ...silence,

    ranIptables(run) {
      const { operation, chain, entry, status } = run;
      say(executing(() => run.words));
      if (status !== 0 && operation !== "-N") error(() => iptablesFailure(run));
      if (operation === "-C" && status !== 2)
        log(() => `Rule ${status === 0 ? "exists" : "doesn't exist"}. ${goEntry(entry!, shape, true)}.`);
      if (operation === "-X" && status === 1) log(() => `Chain doesn't exist ${chain}.`);
    },
    ranIpset(run) {
      say(executing(() => run.words));
      if (run.status !== 0) error(() => ipsetFailure(run));
    },

    starting: () => log(() => "Azure-NPM creating, cleaning iptables"),
    keptJump: () => error(() => "failed to remove default rule from FORWARD chain."),
    connected: () => log(() => `API server version: ${apiServerVersion}`),

    makingChains: () => log(() => "Initializing AZURE-NPM chains."),
    creatingSet: (name, kernelName, words) =>
      log(() => `Creating Set: ${goIpsetEntry("-N", name, kernelName, words.join(" "))}`),
    creatingList: (name, kernelName) => log(() => `Creating List: ${goIpsetEntry("-N", name, kernelName, "setlist")}`),
    keptSet: (name) => error(() => `Cannot delete set ${name} as it's being referred.`),
    keptList: (name) => error(() => `Cannot delete list ${name} as it's being referred or doesn't exist.`),
    couldNotJoinList: (list, member) =>
      error(() => `failed to create ipset rules. rule: ${goIpsetEntry("-A", "", list, member)}`),
    couldNotListNamespace(namespace, list) {
      error(() => `failed to add namespace set ${namespace} to ipset list ${list}`);
      log(() => "Error initializing all-namespace ipset list.");
    },

    updatingNamespace: (before, namespace) =>
      log(() => {
        const old = `old namespace: [${namespaceText(before)}]`;
        return `NAMESPACE UPDATING:\n ${old}\n new namespace: [${namespaceText(namespace)}]`;
      }),
    creatingNamespace: (name, labels) => log(() => `NAMESPACE CREATING: [${namespaceText({ name, labels })}]`),
    joiningList: (namespace, list) => log(() => `Adding namespace ${namespace} to ipset list ${list}`),
    leavingList: (namespace, list) => log(() => `Deleting namespace ${namespace} from ipset list ${list}`),
    deletingNamespace: (name, labels) => log(() => `NAMESPACE DELETING: [${namespaceText({ name, labels })}]`),

    updatingPod: (before, pod) =>
      log(() => `POD UPDATING:\n old pod: [${podText(before)}]\n new pod: [${podText(pod)}]`),
    creatingPod: (pod) =>
      log((facts) => {
        const { namespace, name, labels, ip } = pod;
        return `POD CREATING: [ns-${namespace}/${name}/${nodeOf(pod, facts)}${goMap(labels)}${ip}]`;
      }),
    deletingPod: (pod) =>
      log((facts) => {
        const { namespace, name, labels, ip } = pod;
        return `POD DELETING: [ns-${namespace}/${name}/${nodeOf(pod, facts)}${goMap(labels)}${ip}]`;
      }),
    joiningSet: (address, set) => log(() => `Adding pod ${address} to ipset ${set}`),
    leavingSet(address, set, reason) {
      if (reason !== "namespace") log(() => `Deleting pod ${address} from ipset ${set}`);
    },
    couldNotJoinSet(_set, kernelName, address, reason) {
      error(() => `failed to create ipset rules. ${goIpsetEntry("-A", "", kernelName, address)}`);
      error(() => `failed to add pod to ${reason === "namespace" ? "namespace" : "label"} ipset.`);
    },

    heardOfPolicy(heard, policy, before) {
      if (heard === "ADD") log(() => `NETWORK POLICY CREATING: ${goPolicy(policy)}`);
      else if (heard === "DELETE") log(() => `NETWORK POLICY DELETING: ${goPolicy(policy)}`);
      else
        log(() => {
          const old = `old policy:[${goPolicy(before!)}]`;
          return `NETWORK POLICY UPDATING:\n ${old}\n new policy:[${goPolicy(policy)}]`;
        });
    },
    translated(policy, translation) {
      log(() => `Translating network policy:\n ${goPolicy(policy)}`);
      const translated = () => log(() => `Translating Policy: ${goPolicy(policy)}`);
      sayTranslation(say, translation, uniqueNames(translation), shape, translated);
    },
    namingSet: (_kind, name, kernelName) => log(() => `Creating set: ${name}, hashedSet: ${kernelName}`),
    addingRule: (entry) => log(() => `Adding iptables entry: ${goEntry(entry, shape)}.`),
    deletingRule: (entry) => log(() => `Deleting iptables entry: ${goEntry(entry, shape)}`),
    stoppedAtRule: (entry) => error(() => `failed to apply iptables rule. Rule: ${goEntry(entry, shape, true)}`),
  };
}
