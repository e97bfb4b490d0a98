import {
  command,
  failure,
  followsObject,
  followsWhile,
  member,
  object,
  rule,
  set,
  start,
  steps,
  type Message,
} from "./message.js";

const namespace = /^\[?(?<ns>[^/\s[\]]+)/;
const namespaceBelow = /^ (?:new |cache )?namespace: \[(?<ns>[^/\s[\]]+)/;
const goneNamespace = /^(?<ns>\S+) not found/;
const podBelow = /^ new pod: \[(?<ns>[^/\s]+)\/(?<name>[^/\s]+)/;
const policyPatterns = [
  /^NameSpace(?<ns>\S+), Name:(?<name>\S+)/,
  /^Namespace: (?<ns>\S+), Name:(?<name>\S+)/,
  /^(?<ns>[^/\s&]+)\/(?<name>\S+)$/,
  /\{Name:(?<name>[^,]+),GenerateName:[^,]*,Namespace:(?<ns>[^,]*),/,
];
const followsIndented = followsWhile(/^ /);
const followsJump = followsWhile(/^$|^Try `ip|^# Warning|^ip6?tables/);

/**
 * What Azure NPM says, v1.0.9 to v1.8.12, failures aside.
 * Source: the format strings in npm/ of Azure NPM at v1.0.13, 313878e8c, v1.0.30, v1.2.2, v1.2.6, v1.4.9, v1.4.23, v1.5.50 and
 * cbd7560cf.
 */
export const messages: readonly Message[] = [
  command("Executing iptables command ", "iptables", /^[^[]*\[(.*)\]$/),
  command("executing iptables command ", "iptables", /^\[\S+\] with args \[(.*)\]$/),
  command("Executing ipset command ", "ipset", /^ipset \[(.*)\]$/),
  rule("Add iptables entry: ", "adding"),
  rule("Adding iptables entry: ", "adding"),
  rule("Deleting iptables entry: ", "deleting"),
  rule("Rule exists. ", "exists"),
  rule("Rule doesn't exist. ", "missing"),
  set("Creating Set: "),
  set("Creating List: "),
  member("Adding pod ", "added", /^(\S+(?: \(ip : [^)]*\))?) to ipset (.*)$/),
  member("Deleting pod ", "removed", /^(\S+(?: \(ip : [^)]*\))?) from ipsets? (.*)$/),
  member("Adding namespace ", "added", /^(\S+) to ipset list (.*)$/),
  member("Deleting namespace ", "removed", /^(\S+) from ipset list (.*)$/),

  start("API server version: ", /^(?<kubernetes>v\S+)/),
  start("Run NPM (", /^(?<release>[^\s)]+)\) on K8s version (?<kubernetes>\S+)/),
  start("Start NPM version: ", /^(?<release>\S+)/),
  start("starting NPM version ", / with image (?<release>\S+)/),

  object("NAMESPACE CREATING: ", "created", "Namespace", [namespace]),
  object("NAMESPACE UPDATING. ", "updated", "Namespace", [namespace]),
  object(
    "NAMESPACE UPDATING:",
    "updated",
    "Namespace",
    [namespaceBelow, / old namespace: \[(?<ns>[^/\s[\]]+)/],
    followsIndented,
  ),
  object("NAMESPACE DELETING: ", "deleted", "Namespace", [namespace]),
  object("NameSpace ", "deleted", "Namespace", [goneNamespace]),
  object("Namespace ", "deleted", "Namespace", [goneNamespace]),
  ...steps("NAMESPACE DELETING cached labels: ", "[NAMESPACE ", "[cleanDeletedNamespace] "),

  object("POD CREATING: ", "created", "Pod", [
    // Before v1.0.23 without brackets; the uid comes first since, with a slash behind it in v2 only.
    /^(?<ns>[^/\s[\]]+)\/(?<name>[^/\s[\]]+)\//,
    /^\[[^/\s]*\/(?<ns>[^/\s]+)\/(?<name>[^/\s]+)\/[^/\s]*\/?map\[/,
    /^\[(?:\S*?ns-)?(?<ns>[^/\s]+)\/(?<name>[^/\s]+)\//,
  ]),
  object("POD UPDATING. ", "updated", "Pod", [/^(?<ns>\S+) (?<name>\S+) /]),
  object(
    "POD UPDATING:",
    "updated",
    "Pod",
    [podBelow, /^ old pod: \[(?<ns>[^/\s]+)\/(?<name>[^/\s]+)/],
    followsIndented,
  ),
  object("POD UPDATING ignored for HostNetwork Pod:", "ignored", "Pod", [podBelow], followsIndented),
  object("POD DELETING: ", "deleted", "Pod", [/^\[?(?<ns>[^/\s[\]]*)\/(?<name>[^/\s[\]]+)/]),
  object("HostNetwork POD IGNORED: ", "ignored", "Pod", [/^\[(?:\S*?ns-)?(?<ns>[^/\s]+)\/(?<name>[^/\s]+)/]),
  object("[POD ADD EVENT] HostNetwork POD IGNORED: ", "ignored", "Pod", [
    /^\[[^/\s]*\/(?<ns>[^/\s]+)\/(?<name>[^/\s]+)/,
  ]),
  object("pod ", "deleted", "Pod", [/^(?<ns>[^/\s]+)\/(?<name>\S+) not found/]),
  ...steps(
    "[POD ",
    "[syncAddAndUpdatePod] ",
    "[cleanUpDeletedPod] ",
    "Creating ipsets ",
    "Creating ipset ",
    "port is ",
  ),
  ...steps("Adding named port ipsets", "in Adding named port ipsets", "Deleting named port ipsets"),
  ...steps("AddToSet: PodOwner has changed", "DeleteFromSet: PodOwner has changed"),
  ...steps("Deleting cached Pod ", "Adding back Pod ", "Pod "),
  failure("[syncAddedPod] warning: ADD POD ", () => 0),
  failure("rule: &{"),

  object("NETWORK POLICY CREATING: ", "created", "NetworkPolicy", policyPatterns, followsObject),
  object("NETWORK POLICY UPDATING: ", "updated", "NetworkPolicy", policyPatterns, followsObject),
  object("NETWORK POLICY UPDATING", "updated", "NetworkPolicy", policyPatterns, followsObject),
  object("NETWORK POLICY DELETING: ", "deleted", "NetworkPolicy", policyPatterns, followsObject),
  object("Network Policy ", "deleted", "NetworkPolicy", [/^(?<ns>[^/\s]+)\/(?<name>\S+) is not found/]),
  object("[DataPlane] Add Policy called for ", "created", "NetworkPolicy", policyPatterns),
  object("[DataPlane] Remove Policy called for ", "deleted", "NetworkPolicy", policyPatterns),
  {
    starts: "Successfully synced ",
    read: (rest, { place }) => {
      if (!place?.startsWith("networkPolicyController")) return { kind: "step" };
      return { kind: "object", action: "synced", objectKind: "NetworkPolicy", object: rest.slice(1, -1) };
    },
  },
  ...steps("Parsing iptables for label ", "started parsing ", "finished parsing ", "Finished translatePolicy"),
  ...steps("sets: ", "lists: ", "entries: ", "entry: ", "Kubernetes version > 1.11, parsing "),
  ...["Translating network policy:", "Translating Policy: "].map((starts): Message => ({
    starts,
    read: () => ({ kind: "step" }),
    follow: followsObject,
  })),
  ...steps("Creating set: ", "Delete set: ", "Creating list: ", "Delete list: "),

  ...steps("Initializing AZURE-NPM chains", "Azure-NPM creating, cleaning ", "Info: Reconciler "),
  ...steps("Initiailize data plane.", "No Azure-NPM IPsets are found in the Node."),
  ...steps("{DestroyNpmIpsets} Reply from command ", "{DestroyNpmIpsets} Received empty string "),
  ...steps("booting up iptables Azure chains", "detected ", "cleaning up ", "cleaned up ", "setting iptables to "),
  ...steps("first attempt detecting iptables version", "second attempt detecting iptables version"),
  ...steps("no chains to cleanup", "found ", "Inserting jump from FORWARD chain to AZURE-NPM chain"),
  ...steps("deleted deprecated jump rule ", "returning as a success without running command "),
  ...steps("successfully ran command ", "running this restore command: ", "finished running restore command"),
  ...steps("continuing after line ", "removed "),
  ...["didn't delete deprecated jump rule ", "in nft tables, didn't delete deprecated jump rule "].map((starts) =>
    failure(starts, followsJump),
  ),
  { starts: "[IPSetManager] ", read: () => ({ kind: "step" }), follow: followsWhile(/^toDeleteCache: /) },
  {
    starts: "[DataPlane] ",
    read: (rest) => (/fail|error/i.test(rest) ? undefined : { kind: "step" }),
  },
  ...steps("Using config file: ", "loaded config: ", "NPM is running on ", "initializing ", "registered metric "),
  ...steps("registering ", "metrics have already been initialized", "loading in cluster kubeconfig", "LogLevel is "),
  ...steps("Resync period for NPM pod is set to ", "[INFO] Resync period for NPM pod ", "starting NPM - "),
  ...steps("Finished initializing all Prometheus metrics", "Initialized AppInsights handle"),
  ...steps(
    "Starting NPM HTTP API on ",
    "Starting Prometheus HTTP Server",
    "Telemetry service started",
    "Listen returns: ",
  ),
  ...steps("Starting Pod ", "Started Pod ", "Starting Namespace ", "Starting workers", "Started workers"),
  ...steps("Starting Network Policy ", "Started Network Policy ", "Shutting down "),
  {
    starts: "[Telemetry] ",
    read: (rest) => (/fail|error in/i.test(rest.replace(/&\{.*/, "")) ? undefined : { kind: "step" }),
  },
  ...steps("Going to send Telemetry report to ", "Report: &{", "[AppInsights] "),
];
