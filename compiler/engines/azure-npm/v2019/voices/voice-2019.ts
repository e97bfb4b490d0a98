import { keyOf } from "../../../../model/objects.js";
import type { LogText } from "../../../log-entry.js";
import { fnvHashes } from "../../hashes.js";
import { entryWords, type Entry } from "../../kernel/entry.js";
import { dated, goMap } from "../../log-lines.js";
import { goIpsetEntry } from "../../v1/voices/go-values.js";
import { nodeOf, phaseOf } from "../../v1/voices/pod-facts.js";
import type { Say } from "../../v1/voices/shared-lines.js";
import { silence, type Surroundings, type V1Voice } from "../../v1/voices/voice.js";

/**
 * 313878e8c (v1.0.21): a command shows as what it printed, which is nothing. Source: that commit, and its logs in the
 * vectors.
 */
export function voice2019(surroundings: Surroundings, say: Say): V1Voice {
  const log = (text: LogText) => say(dated(text));
  return {
    ...speak(say, { knowsCommand: true }),
    connected: () => log(() => `API server version: ${surroundings.apiServerVersion}`),
    // The parser of egress says "ingress" too.
    parsed(directions) {
      for (const { direction, labels } of directions) {
        for (const { label, peersWithBoth } of labels) {
          log(() => `Parsing iptables for label ${label}`);
          const lines = direction === "egress" ? peersWithBoth : 0;
          for (let peer = 0; peer < lines; peer += 1)
            log(() => "Kubernetes version > 1.11, parsing podSelector AND namespaceSelector");
        }
        log(() => "finished parsing ingress rule");
      }
    },
  };
}

/** v1.0.13. Source: its logs in the vectors. */
export function voice2018(_surroundings: Surroundings, say: Say): V1Voice {
  return {
    ...speak(say, { knowsCommand: false }),
    parsed(directions) {
      for (const { direction, labels } of directions) {
        if (direction === "egress") continue;
        for (const { label } of labels) say(dated(() => `Parsing iptables for label ${label}`));
      }
    },
  };
}

/** Whether a rule's fields tell the program that adds it, and how long it waits for its lock. */
interface EntryShape {
  readonly knowsCommand: boolean;
}

function speak(say: Say, shape: EntryShape): V1Voice {
  const log = (text: LogText) => say(dated(text));
  return {
    ...silence,

    ranIptables(run) {
      const { operation, chain, entry, status } = run;
      log(() => "");
      if (status === 2)
        log(() => `There was an error running command: exit status 2\nArguments:[${run.words.slice(1).join(" ")}]`);
      if (operation === "-C" && status !== 2)
        log(() => `Rule ${status === 0 ? "exists" : "doesn't exist"}. ${goEntry(entry!, shape, true)}`);
      if (operation === "-N" && status === 1) log(() => `Chain already exists ${chain}`);
      if (operation === "-X" && status === 1) log(() => `Chain doesn't exist ${chain}`);
    },
    ranIpset: () => log(() => ""),

    makingChains: () => log(() => "Initializing AZURE-NPM chains"),
    creatingSet: (name, kernelName, words) =>
      log(() => `Creating Set: ${goIpsetEntry("-N", name, kernelName, words.join(" "))}`),
    creatingList: (name, kernelName) => log(() => `Creating List: ${goIpsetEntry("-N", name, kernelName, "setlist")}`),
    keptSet: (name) => log(() => `Cannot delete set ${name} as it's being referred.`),
    keptList: (name) => log(() => `Cannot delete list ${name} as it's being referred or doesn't exist.`),
    couldNotJoinList(list, member) {
      log(() => "Error creating ipset rules.");
      log(() => `rule: ${goIpsetEntry("-A", "", list, member)}`);
    },
    couldNotListNamespace(namespace, list) {
      log(() => `Error adding namespace set ${namespace} to list ${list}`);
      log(() => "Error initializing all-namespace ipset list.");
    },

    updatingNamespace: (before, { name }) => log(() => `NAMESPACE UPDATING. ${before.name}/${name}`),
    creatingNamespace: (name) => log(() => `NAMESPACE CREATING: ${name}/`),
    joiningList: (namespace, list) => log(() => `Adding namespace ${namespace} to ipset list ${list}`),
    leavingList: (namespace, list) => log(() => `Deleting namespace ${namespace} from ipset list ${list}`),
    deletingNamespace: (name) => log(() => `NAMESPACE DELETING: ${name}/`),

    updatingPod: (before, pod) =>
      log(() => {
        const texts = [before, pod].map((one) => `${one.namespace} ${one.name} ${phaseOf(one)} ${one.ip}`);
        return `POD UPDATING. ${texts.join(" ")}`;
      }),
    creatingPod: (pod) =>
      log((facts) => `POD CREATING: ${keyOf(pod)}/${nodeOf(pod, facts)}${goMap(pod.labels)}${pod.ip}`),
    deletingPod: (pod) => log((facts) => `POD DELETING: ${keyOf(pod)}/${nodeOf(pod, facts)}`),
    joiningSet: (address, set) => log(() => `Adding pod ${address} to ipset ${set}`),
    couldNotJoinSet(_set, kernelName, address, reason) {
      log(() => "Error creating ipset rules.");
      log(() => `rule: ${goIpsetEntry("-A", "", kernelName, address)}`);
      log(() => `Error adding pod to ${reason === "namespace" ? "namespace" : "label"} ipset.`);
    },

    heardOfPolicy(heard, policy, before) {
      const done = { ADD: "CREATING", UPDATE: "UPDATING", DELETE: "DELETING" }[heard];
      log(() => `NETWORK POLICY ${done}: ${keyOf(before ?? policy)}`);
    },
    addingRule: (entry) => log(() => `Add iptables entry: ${goEntry(entry, shape, false)}`),
    deletingRule: (entry) => log(() => `Deleting iptables entry: ${goEntry(entry, shape, false)}`),
    stoppedAtRule: (entry, operation) =>
      log(() => {
        const sentence = operation === "add" ? "Error applying iptables rule\n." : "Error applying iptables rule.\n";
        return `${sentence} Rule: ${goEntry(entry, shape, true)}`;
      }),
  };
}

/** A rule as Go prints it with %+v; once a command `ran` with it, it knows which. */
function goEntry(entry: Entry, { knowsCommand }: EntryShape, ran: boolean): string {
  const { chain, filedUnder } = entry;
  const fields = [
    ...(knowsCommand ? [`Command:${ran ? "iptables" : ""}`] : []),
    `Name:${filedUnder ?? ""}`,
    `HashedName:${filedUnder === undefined ? "" : `azure-npm-${fnvHashes.set(filedUnder)}`}`,
    `Chain:${chain}`,
    "Flag:",
    ...(knowsCommand ? [`LockWaitTimeInSeconds:${ran ? "60" : ""}`] : []),
    `Specs:[${entryWords(entry).join(" ")}]`,
  ];
  return `&{${fields.join(" ")}}`;
}
