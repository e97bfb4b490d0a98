/** The releases whose log is known, from what they wrote on a node. */
export type VoiceRelease = "v3.3.1" | "v3.24.6" | "v3.32";

const releases: readonly VoiceRelease[] = ["v3.3.1", "v3.24.6", "v3.32"];

/** A place in Felix's source that logs, the line of it in each release (0: not there, or not at the usual level), and what it says. */
type Row = readonly [file: string, v331: number, v3246: number, v332: number, text: string];

/**
 * What Felix says about objects and about what it makes of them. Source: the logs of felix b5f3dd409 (v3.3.1), Calico v3.24.6 and 87c15906f
 * (v3.32); lines that these do not hold are counted from those beside them.
 */
const rows = {
  configurationMerged: ["config_params.go", 217, 435, 689, "Merging in config from"],
  settingRead: ["config_params.go", 302, 542, 826, "Parsing value for"],
  settingNone: ["config_params.go", 319, 559, 843, `Value set to 'none', replacing with zero-value: "".`],
  settingParsed: ["config_params.go", 338, 578, 862, "Parsed value for"],

  endpointUpdated: ["calc_graph.go", 361, 462, 594, "Local endpoint updated"],
  endpointDeleted: ["calc_graph.go", 359, 460, 592, "Local endpoint deleted"],
  selectorUpdated: ["label_inheritance_index.go", 195, 182, 187, "Updating selector"],
  selectorUnchanged: ["label_inheritance_index.go", 192, 0, 0, "Skipping unchanged selector"],
  selectorDeleted: ["label_inheritance_index.go", 201, 188, 193, "Deleting selector"],
  setActive: ["calc_graph.go", 211, 256, 317, "IPSet now active"],
  setInactive: ["calc_graph.go", 217, 266, 327, "IPSet now inactive"],
  setUnindexed: ["named_port_index.go", 406, 461, 519, "Deleting IP set"],
  networkSetCached: ["networkset_lookup_cache.go", 0, 0, 127, "Updating networkset cache with networkset data"],

  received: ["int_dataplane.go", 630, 1679, 2635, "Received"],
  notReadyReceived: [
    "int_dataplane.go",
    630,
    1679,
    2635,
    "Received *calc.DatastoreNotReady update from calculation graph",
  ],
  inSync: ["int_dataplane.go", 638, 1687, 2645, "Datastore in sync, flushing the dataplane for the first time..."],
  applying: ["int_dataplane.go", 751, 0, 0, "Applying dataplane updates"],
  applied: ["int_dataplane.go", 765, 0, 0, "Finished applying updates to dataplane."],
  firstApplied: ["int_dataplane.go", 771, 1827, 2585, "Completed first update to dataplane."],

  interfaceState: ["int_dataplane.go", 471, 1240, 1964, "Linux interface state changed."],
  interfaceAddresses: ["int_dataplane.go", 504, 1276, 2040, "Linux interface addrs changed."],
  interfaceStateReceived: ["int_dataplane.go", 645, 1694, 2711, "Received interface update"],
  interfaceAddressesReceived: ["int_dataplane.go", 660, 1712, 2738, "Received interface addresses update"],
  hostAddresses: ["hostip_mgr.go", 84, 84, 83, "Interface addrs changed."],

  setQueued: ["ipsets.go", 119, 130, 202, "Queueing IP set for creation"],
  setUnqueued: ["ipsets.go", 144, 155, 251, "Queueing IP set for removal"],
  setsResync: ["ipsets.go", 254, 0, 0, "Resyncing ipsets with dataplane."],
  setsResynced: ["ipsets.go", 304, 0, 0, "Finished resync"],
  setRewritten: ["ipsets.go", 697, 779, 0, "Doing full IP set rewrite"],
  setDelta: ["ipsets.go", 690, 772, 0, "Calculating deltas to IP set"],
  setDeleting: ["ipsets.go", 806, 884, 1180, "Deleting IP set."],
  setDeletingNow: ["ipsets.go", 845, 922, 1256, "Deleting IP set."],
  setDeleted: ["ipsets.go", 855, 932, 1265, "Deleted IP set"],

  chainQueued: ["table.go", 417, 508, 0, "Queueing update of chain."],
  chainDeletionMisspelt: ["table.go", 441, 0, 0, "Queing deletion of chain."],
  chainDeletion: ["table.go", 0, 539, 0, "Queuing deletion of chain."],
  chainReferenced: ["table.go", 0, 582, 684, "Chain became referenced, marking it for programming"],
  chainUnreferenced: ["table.go", 0, 593, 702, "Chain no longer referenced, marking it for removal"],
  arpChainReferenced: ["table.go", 0, 0, 829, "Chain became referenced, marking it for programming"],
  arpChainUnreferenced: ["table.go", 0, 0, 847, "Chain no longer referenced, marking it for removal"],
  tableInvalidated: ["table.go", 740, 0, 0, "Invalidating dataplane cache"],
  tableLoaded: ["table.go", 460, 0, 0, "Loading current iptables state and checking it is correct."],

  podChains: ["endpoint_mgr.go", 408, 600, 803, "Updating per-endpoint chains."],
  podRoutes: ["endpoint_mgr.go", 435, 646, 836, "Updating endpoint routes."],
  podBandwidth: ["endpoint_mgr.go", 0, 0, 849, "Updating QoS bandwidth state if changed"],
  podRemoved: ["endpoint_mgr.go", 486, 701, 858, "Workload removed, deleting its chains."],
  podForgotten: ["endpoint_mgr.go", 492, 556, 756, "Workload removed, deleting old state."],
  podInterfaceDown: [
    "endpoint_mgr.go",
    807,
    1280,
    1684,
    "Skipping configuration of interface because it is oper down.",
  ],
  podStatus: ["endpoint_mgr.go", 350, 488, 676, "Re-evaluated workload endpoint status"],
  hostMatched: ["endpoint_mgr.go", 644, 963, 1360, "Endpoint matching interface changed"],
  hostChains: ["endpoint_mgr.go", 659, 0, 0, "Updating host endpoint chains."],
  hostNormalChains: ["endpoint_mgr.go", 0, 980, 1382, "Updating host endpoint normal policy chains."],
  hostMangleChains: ["endpoint_mgr.go", 693, 0, 0, "Updating host endpoint mangle chains."],
  hostMangleIngressChains: ["endpoint_mgr.go", 0, 1026, 1420, "Updating host endpoint mangle ingress chains."],
  hostRawChains: ["endpoint_mgr.go", 714, 1074, 1465, "Updating host endpoint raw chains."],
  hostUnprotected: [
    "endpoint_mgr.go",
    737,
    1048,
    1440,
    "Host interface no longer protected, deleting its normal chains.",
  ],
  hostMangleUnprotected: [
    "endpoint_mgr.go",
    0,
    1053,
    1445,
    "Host interface no longer protected, deleting its mangle egress chains.",
  ],
  hostPreDnatUnprotected: [
    "endpoint_mgr.go",
    742,
    1058,
    1450,
    "Host interface no longer protected, deleting its preDNAT chains.",
  ],
  hostRawUnprotected: [
    "endpoint_mgr.go",
    747,
    1105,
    1496,
    "Host interface no longer protected, deleting its untracked chains.",
  ],
  hostStatus: ["endpoint_mgr.go", 393, 538, 726, "Re-evaluated host endpoint status"],

  statusStored: ["status_combiner.go", 58, 58, 62, "Storing endpoint status update"],
  statusError: ["status_combiner.go", 75, 75, 89, "Endpoint is in error, will report error"],
  statusDown: ["status_combiner.go", 78, 78, 92, "Endpoint down for at least one IP version"],
  statusUp: ["status_combiner.go", 81, 81, 95, "Endpoint up for at least one IP version"],
  statusGone: ["status_combiner.go", 86, 86, 100, "Reporting endpoint removed."],
  statusReported: ["status_combiner.go", 98, 98, 114, "Reporting combined status."],

  routeNoInterface: ["route_table.go", 557, 0, 0, "Failed to access interface because it doesn't exist."],
  routeInterfaceGone: ["route_table.go", 403, 0, 0, "Failed to get interface; it's down/gone."],
  routeWaits: ["route_table.go", 292, 0, 0, "Interface missing, will retry if it appears."],
} as const satisfies Readonly<Record<string, Row>>;

export type Statement = keyof typeof rows;

/** Where a release says something, `table.go 417`, and its words; undefined where it does not. */
export function statementOf(
  statement: Statement,
  release: VoiceRelease,
): { readonly place: string; readonly text: string } | undefined {
  const [file, ...rest]: Row = rows[statement];
  const line = rest[releases.indexOf(release)] as number;
  return line === 0 ? undefined : { place: `${file} ${line}`, text: rest[releases.length] as string };
}
