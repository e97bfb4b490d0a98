import { engineOrigin } from "../cluster/origins.js";
import type { LocalEndpoint } from "../cluster/cluster.js";
import {
  addressSet,
  clearMark,
  connection,
  drop,
  goto,
  inInterface,
  jump,
  markIs,
  markNotClear,
  outInterface,
  ports,
  protocol,
  returnToCaller,
  setMaskedMark,
  type Action,
} from "../felix/fragments.js";
import type { FelixChain, FelixRule } from "../felix/rule.js";
import { chainName, setName } from "../hashes.js";
import { EndpointMarks } from "../marks.js";
import type { Settings } from "../settings.js";
import { dispatchChains } from "./dispatch.js";
import { hostChainName, type HostInterfaces } from "./host-endpoints.js";
import { splitPorts } from "./policy-rules.js";

/**
 * Where kube-proxy works with IPVS, what it forwards comes through INPUT and leaves through OUTPUT, and no rule of OUTPUT can ask where it
 * came from. So INPUT marks it by its endpoint and lets it go on, and OUTPUT does what FORWARD does otherwise. Source: Calico a0db560f0520,
 * felix/rules/static.go, dispatch.go and epmark.go; the same in felix 073d7c666 (v3.20).
 */
export function ipvsInput({ node, felix }: Settings): readonly FelixRule[] {
  if (!node.ipvs) return [];
  const { endpoint } = felix.marks;
  return [
    { action: clearMark(endpoint) },
    { action: jump(forwardCheck) },
    { matches: [markNotClear(endpoint)], action: returnToCaller },
  ];
}

export function ipvsOutput({ node, felix }: Settings): readonly FelixRule[] {
  return node.ipvs ? [{ matches: [markNotClear(felix.marks.endpoint)], action: goto(forwarded) }] : [];
}

/** What is forwarded is for no policy of the node itself. */
export function ipvsPostrouting({ node, felix }: Settings): readonly FelixRule[] {
  return node.ipvs ? [{ matches: [markNotClear(felix.marks.endpoint)], action: returnToCaller }] : [];
}

/** The chains of table filter that INPUT and OUTPUT lead to. */
export function ipvsChains(
  local: readonly LocalEndpoint[],
  hosts: HostInterfaces,
  settings: Settings,
  allow: Action,
): readonly FelixChain[] {
  if (!settings.node.ipvs) return [];
  const marks = endpointMarks(local, hosts, settings);
  const workloads = [...new Set(local.map((endpoint) => endpoint.interface))].toSorted();
  const named = [...hosts.keys()].filter((name) => name !== "*").toSorted();
  return [
    forwardCheckChain(settings),
    forwardedChain(settings, marks, allow),
    ...setMarkChains(workloads, named, settings, marks),
    fromMarkChain(workloads, named, marks),
    ...[...workloads, ...hosts.keys()].map((name) => ({
      name: hostChainName("cali-sm-", name),
      rules: [{ action: setMaskedMark(marks.of(name), marks.mask) }],
      origin: engineOrigin(`marks what comes in by ${name}`),
    })),
  ];
}

const forwardCheck = "cali-forward-check";
const forwarded = "cali-forward-endpoint-mark";
const setMark = "cali-set-endpoint-mark";
const fromMark = "cali-from-endpoint-mark";

/** In which order Felix asks for marks shows only where two hashes are equal; here pods by name, then interfaces of the host. */
function endpointMarks(local: readonly LocalEndpoint[], hosts: HostInterfaces, { felix }: Settings): EndpointMarks {
  const pods = local.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((endpoint) => endpoint.interface);
  return new EndpointMarks(felix.marks.endpoint, [...pods, ...[...hosts.keys()].toSorted()]);
}

function forwardCheckChain({ felix, ipVersion }: Settings): FelixChain {
  const ownAddresses = setName("this-host", ipVersion);
  const toNodePort = splitPorts(felix.nodePorts).flatMap((split) =>
    ["tcp", "udp"].map((of) => ({
      comments: ["To kubernetes NodePort service"],
      matches: [protocol(of), ports("destination", split), addressSet("destination", ownAddresses)],
      action: goto(setMark),
    })),
  );
  return {
    name: forwardCheck,
    rules: [
      { matches: [connection(["RELATED", "ESTABLISHED"])], action: returnToCaller },
      ...toNodePort,
      {
        comments: ["To kubernetes service"],
        matches: [addressSet("destination", ownAddresses, true)],
        action: jump(setMark),
      },
    ],
    origin: engineOrigin("finds what comes to the node for services, which IPVS forwards"),
  };
}

function forwardedChain({ node, felix }: Settings, marks: EndpointMarks, allow: Action): FelixChain {
  return {
    name: forwarded,
    rules: [
      { matches: [markIs(marks.nobody, marks.mask, true)], action: jump(fromMark) },
      ...node.interfacePrefixes.map((prefix) => ({
        matches: [outInterface(`${prefix}+`)],
        action: jump("cali-to-wl-dispatch"),
      })),
      { action: jump("cali-to-hep-forward") },
      { action: clearMark(marks.mask) },
      {
        comments: ["Policy explicitly accepted packet."],
        matches: [markIs(felix.marks.accept, felix.marks.accept)],
        action: allow,
      },
    ],
    origin: engineOrigin("what IPVS forwards meets the policies of where it came from and of where it goes"),
  };
}

/** One tree for pods and one for the host's interfaces share their root. Children, unlike those of other trees, drop nothing. */
function setMarkChains(
  workloads: readonly string[],
  hosts: readonly string[],
  { node }: Settings,
  marks: EndpointMarks,
): readonly FelixChain[] {
  const trees = [workloads, hosts].map((interfaces) =>
    dispatchChains({ name: setMark, side: "in", prefix: "cali-sm-", interfaces, rest: [], childrenRest: [] }),
  );
  const roots = trees.flatMap(([root]) => root!.rules);
  return [
    ...trees.flatMap(([, ...children]) => children),
    {
      name: setMark,
      rules: [
        ...roots,
        ...node.interfacePrefixes.map((prefix) => ({
          comments: ["Unknown endpoint"],
          matches: [inInterface(`${prefix}+`)],
          action: drop,
        })),
        { comments: ["Non-Cali endpoint mark"], action: setMaskedMark(marks.nobody, marks.mask) },
      ],
      origin: engineOrigin("marks what IPVS forwards by where it came from"),
    },
  ];
}

function fromMarkChain(workloads: readonly string[], hosts: readonly string[], marks: EndpointMarks): FelixChain {
  const rules = (names: readonly string[], prefix: string): readonly FelixRule[] =>
    names.map((name) => ({
      matches: [markIs(marks.of(name), marks.mask)],
      action: goto(chainName(prefix, name)),
    }));
  return {
    name: fromMark,
    rules: [
      ...rules(workloads, "cali-fw-"),
      ...rules(hosts, "cali-fhfw-"),
      { comments: ["Unknown interface"], action: drop },
    ],
    origin: engineOrigin("leads what IPVS forwards to the policies of where it came from, by its mark"),
  };
}
