/** Something that NPM could not do, with what it means for the node and what helps. */
export interface NpmError {
  readonly code: string;
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
  /** Belongs to a normal run, such as looking for something that is not there. */
  readonly harmless: boolean;
}

/** Which error a text tells of, the first that fits; the text is one that reports a failure. */
export function npmErrorOf(text: string): NpmError {
  return (table.find(([pattern]) => pattern.test(text)) ?? other)[1];
}

/** The errors that are known, in the order in which they are looked for. */
export function npmErrors(): readonly NpmError[] {
  return [...new Set([...table, other].map(([, error]) => error))];
}

type Row = readonly [pattern: RegExp, error: NpmError];

function row(code: string, pattern: RegExp, title: string, meaning: string, remedy: string): Row {
  return [pattern, { code, title, meaning, remedy, harmless: false }];
}

function harmless(code: string, pattern: RegExp, title: string, meaning: string): Row {
  return [pattern, { code, title, meaning, remedy: "nothing to do", harmless: true }];
}

const upgrade = "move the cluster to a Kubernetes version with a newer NPM";
const restart =
  "restart NPM on this node (kubectl -n kube-system delete pod azure-npm-…), which programs everything anew";

const table: readonly Row[] = [
  harmless(
    "rule-check",
    /running command: \[iptables\S* (?:-w (?:\d+ )?)?-C /,
    "a rule is looked for and is not there",
    "NPM asks with -C before it adds a rule, and logs the answer no as an error",
  ),
  harmless(
    "no-chain-yet",
    /-D FORWARD -j AZURE-NPM\b[^]*(?:Couldn't load target|Chain 'AZURE-NPM' does not exist)/,
    "there is no jump to AZURE-NPM to delete",
    "NPM cleans up when it starts. On a node where it has not run since boot there is nothing to clean up",
  ),
  harmless(
    "no-jump",
    /-D FORWARD -j AZURE-NPM\b[^]*Bad rule \(does a matching rule exist/,
    "there is no such jump to AZURE-NPM to delete",
    "NPM deletes the jump in the forms of older releases too, which are not there",
  ),
  harmless(
    "clean-up-skipped",
    /failed to (?:add default allow CONNECTED\/RELATED rule to AZURE-NPM chain|remove default rule from FORWARD chain|delete deprecated jump from FORWARD chain|delete AZURE-NPM from Forward chain)|Error removing default rule from FORWARD|Failed to UninitNpmChains/,
    "cleaning up ended early",
    "NPM stops cleaning up when deleting its jump from FORWARD fails; v1.1 to v1.4 say by mistake that adding a rule failed",
  ),
  harmless(
    "flavour-hint-missing",
    /KUBE-(?:IPTABLES-HINT|KUBELET-CANARY) -t mangle/,
    "a chain that tells which iptables the node uses is not there",
    "NPM looks for it with nft first, then with legacy iptables",
  ),
  harmless(
    "no-such-chain-to-remove",
    /running command: \[iptables\S* (?:-w \d+ )?-[FX] AZURE-NPM[^]*No chain\/target\/match by that name|Chain doesn't exist/,
    "there is no such chain to remove",
    "NPM removes the chains of older releases too, which are not there",
  ),
  harmless(
    "chain-exists",
    /Chain already exists/,
    "the chain is there already",
    "NPM goes on with the one that is there",
  ),
  harmless(
    "telemetry",
    /AppInsights|telemetry|Telemetry/,
    "telemetry was not sent",
    "policies are enforced all the same; on a cluster without a way to the internet this is always so",
  ),
  row(
    "lock-held",
    /exit status 4|xtables lock|Resource temporarily unavailable/,
    "another program holds the lock of iptables",
    "the rule was not changed: the node may enforce an older state of a policy",
    `find what else changes iptables all the time on this node (kube-proxy with many services, another agent), then ${restart}`,
  ),
  row(
    "set-in-use",
    /cannot be destroyed: it is in use|as it's being referred/,
    "a set is still in use and was not deleted",
    "a rule or a list refers to it. A set without members does no harm, but it stays on the node until NPM starts anew",
    "nothing to do while there are few of them; they go when NPM restarts",
  ),
  row(
    "port-in-address-set",
    /Elem separator in .* but settype hash:net supports none/,
    "a port was added to a set of addresses",
    "NPM v1.1 mixes up a label and a named port of the same name: the pod is missing in the set of the named port",
    `give the named port another name than the label key, or ${upgrade}`,
  ),
  row(
    "set-full",
    /(?:Hash|Set) is full/,
    "a set is full",
    "the kernel holds at most maxelem members, 65536 by default: what comes after is not matched by the rules",
    "split the policy or its labels so that fewer pods or blocks share a set",
  ),
  row(
    "ipv6-address",
    /resolving to IPv4 address failed|invalid mask `\d+' specified|host\/network `[0-9a-f:]*:[0-9a-f:/]*' not found/,
    "an IPv6 address is not supported",
    "NPM on Linux handles IPv4 only: what a policy says about this address is not enforced",
    "take the IPv6 block out of the policy, or give it a policy of its own, so that it spoils no other rule",
  ),
  row(
    "unsupported-block",
    /unsupported IP address/,
    "a policy holds a block that NPM does not support",
    "it is an IPv6 block, or one with prefix length 0: nothing of the policy is enforced",
    "take the block out of the policy",
  ),
  row(
    "pod-address",
    /not valid ipv4 address/,
    "a pod has no IPv4 address",
    "no rule knows the pod: it is IPv6 only, or has not got its address yet",
    "nothing to do for a pod that is just starting; NPM hears of its address when it gets one",
  ),
  row(
    "zero-block",
    /The value of the CIDR parameter of the IP address is invalid/,
    "ipset refuses a block that holds every address",
    "a set of blocks has no place for prefix length 0, so the block is left out",
    "write 0.0.0.0/1 and 128.0.0.0/1 instead of 0.0.0.0/0 in an except, or leave the ipBlock out",
  ),
  row(
    "prefix-out-of-range",
    /is out of range 0-32/,
    "a block has an impossible prefix length",
    "ipset takes the text of an IPv6 block for IPv4 and refuses it",
    "take the IPv6 block out of the policy",
  ),
  row(
    "set-missing",
    /Set \S+ doesn't exist|The set with the given name does not exist|ipset (?:list )?with name \S+ not found/,
    "a set is not there",
    "a rule or a member refers to a set that NPM or somebody else destroyed: the rule is not in force",
    restart,
  ),
  row(
    "element-missing",
    /Element cannot be deleted from the set: it's not added/,
    "a member was deleted that is not there",
    "what NPM remembers and what the kernel holds differ",
    restart,
  ),
  row(
    "chain-missing",
    /No chain\/target\/match by that name|Couldn't load target|does not exist|Bad rule \(does a matching rule exist/,
    "a rule or a chain is not there",
    "somebody flushed NPM's chains, or NPM has deleted this rule before for another policy that needed the same one",
    restart,
  ),
  row(
    "permission",
    /Permission denied|Operation not permitted/,
    "NPM may not change the node",
    "the container lacks the capability NET_ADMIN: nothing is enforced",
    "restore the securityContext of the azure-npm DaemonSet",
  ),
  row(
    "memory",
    /Memory allocation problem|Cannot allocate memory|out of memory/i,
    "the kernel has no memory left for rules",
    "the change was not made",
    "free memory on the node, or reduce the number of rules and sets",
  ),
  row(
    "restore-failed",
    /on try number \d+|^skipping |line-number error|failed to (?:apply ipsets|run ipset restore)|error running command \[(?:ipset|iptables\S*)(?: |-)restore/i,
    "a whole file of changes was refused",
    "NPM tries again without the line that the kernel refused, and gives up after a few tries",
    "read the line that the message names: most often it is an IPv6 block",
  ),
  row(
    "policies-not-added",
    /failed to add policies|failed to (?:create|add|update|delete|remove)\b.*(?:polic|netpol)/i,
    "a policy was not applied",
    "what it allows or denies is not enforced on this node",
    "look at the errors before it, which name the reason",
  ),
  row(
    "translation-failed",
    /Failed to translate/,
    "a policy could not be translated",
    "nothing of it is enforced",
    "look for what NPM does not support in it: anpm verify names it",
  ),
  row(
    "rule-refused",
    /running command: exit status 2/,
    "iptables does not understand a rule",
    "the rule names something that iptables cannot read, such as an IPv6 block, and NPM gives up its policy there",
    "look at the words behind Arguments, mend the policy, and apply it again",
  ),
  row(
    "rule-not-applied",
    /applying iptables rule|failed to (?:create|delete|apply) iptables rule|Error (?:creating|deleting) iptables rule/,
    "a rule was not applied, and the rest of its policy neither",
    "NPM v1 stops at the first rule that fails: the policy is in force in part",
    "look at the error before it, mend the policy, and apply it again",
  ),
  row(
    "set-not-changed",
    /ipset|all-namespace|^rule: &\{/i,
    "a set was not changed",
    "rules that match it see an older state of pods, namespaces or blocks",
    "look at the error before it, which names the reason",
  ),
  row(
    "no-api-server",
    /informer sync failure|clientset creation failed|npm failed with error|retrieving server version|Failed to start NPM|failed to start with err|dial tcp|connection refused/i,
    "NPM could not start",
    "it gets nothing from the API server, and the node keeps the rules of the last run",
    "check the pod's service account, its ClusterRole and the way to the API server",
  ),
  row(
    "flavour-unknown",
    /failed to detect iptables version|unable to locate which iptables version/i,
    "NPM could not tell whether kube-proxy uses nft or legacy iptables",
    "it does not start: the node is without policies",
    "make sure that kube-proxy runs on the node, then restart NPM",
  ),
  row(
    "kubernetes-version",
    /IsNewNwPolicyVerFlag/,
    "NPM could not read the Kubernetes version",
    "it takes the server for one before 1.11, and passes over peers that have podSelector and namespaceSelector",
    upgrade,
  ),
  row(
    "log-not-rotated",
    /could not rotate file|Failed to query log file/,
    "the log file was not rotated",
    "it grows on, and may fill the node's disk",
    "remove old azure-npm.log files",
  ),
  row(
    "panic",
    /^(?:panic:|fatal error:|goroutine \d+ \[)|recovered from error/,
    "NPM crashed",
    "Kubernetes restarts it, and it crashes again while the object that caused it is there",
    `find the last object before it in the log, change it, or ${upgrade}`,
  ),
  row(
    "command-failed",
    /running command/,
    "a command failed",
    "what it should change is as before",
    "read the end of the text, which is what the program wrote",
  ),
];

const other: Row = row(
  "other-error",
  /(?:)/,
  "NPM reports an error that anpm does not know",
  "read the text",
  "look for it in the issues of Azure/azure-container-networking",
);
