/** A text of random pieces, or one that looks like manifests and is damaged in a few places; the same for the same seed and run. */
export function randomText(seed: number, run: number): string {
  const random = randomNumbers(seed * 1_000_003 + run);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  if (random() < 0.3) return Array.from({ length: 1 + Math.floor(random() * 30) }, () => pick(fragments)).join("");
  let text = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(manifests)).join(
    pick(["---\n", "", "...\n"]),
  );
  for (let damage = Math.floor(random() * 6); damage > 0; damage--) {
    const at = Math.floor(random() * (text.length + 1));
    const choice = random();
    if (choice < 0.4) text = text.slice(0, at) + pick(fragments) + text.slice(at);
    else if (choice < 0.6) text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 5));
    else if (choice < 0.8) text = replaceWord(text, at, pick(fragments));
    else if (choice < 0.9)
      text = text.slice(0, at) + pick(fragments).repeat(Math.floor(random() * 50)) + text.slice(at);
    else text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x10000)) + text.slice(at);
  }
  return text;
}

function replaceWord(text: string, at: number, word: string): string {
  const start = text.slice(at).search(/[A-Za-z0-9]/);
  if (start < 0) return text + word;
  const rest = text.slice(at + start);
  return text.slice(0, at + start) + word + rest.slice(rest.search(/[^A-Za-z0-9]|$/));
}

/** Numbers in [0, 1), by the mulberry32 generator. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const manifests = [
  `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: x, labels: {a: "b"}}
spec:
  podSelector:
    matchLabels: &labels {app: web}
    matchExpressions:
    - {key: tier, operator: In, values: [front, 'back']}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - namespaceSelector: {}
      podSelector: {matchLabels: *labels}
    - ipBlock:
        cidr: 10.0.0.0/8
        except: [10.1.0.0/16]
    ports:
    - port: 80
      protocol: TCP
    - {port: http, protocol: UDP}
    - port: 0120
      endPort: 8_1
  egress:
  - to: []
`,
  `apiVersion: v1
kind: Pod
metadata:
  name: web-0
  namespace: x
  labels: {app: web, "tier": front}
spec:
  hostNetwork: false
  containers:
  - name: c
    ports: [{name: http, containerPort: 8080}]
status: {phase: Running, podIP: 10.240.0.7}
`,
  `kind: Namespace
apiVersion: v1
metadata:
  name: x # a comment
  annotations:
    text: |
      one
       two
    folded: >-
      three
      four
    quoted: "\\u0041\\n"
    single: 'it''s'
`,
  `{"apiVersion": "v1", "kind": "List", "items": [
\t{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "y", "uid": "1"}}
]}
`,
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 3
  selector: {matchLabels: {app: d}}
  template:
    metadata: {labels: {app: d}}
    spec: {containers: [{name: c, ports: [{containerPort: 80}]}]}
`,
  `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: g}
spec:
  order: 1.5
  selector: (app == 'web' || has(tier)) && role not in {'a', "b"} && !(env starts with 'p')
  namespaceSelector: projectcalico.org/name == 'x'
  doNotTrack: true
  applyOnForward: true
  types: [Ingress, Egress]
  ingress:
  - {action: Log}
  - action: Deny
    protocol: ICMPv6
    notICMP: {type: 128, code: 0}
    source: {notNets: ["fd00::/8"], notSelector: all()}
  egress:
  - action: Pass
    protocol: UDPLite
    destination: {ports: [53, "80:90", dns], notPorts: [85]}
`,
  `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: n, namespace: x}
spec:
  tier: front
  selector: app in {'web'}
  ingress: [{action: Allow, protocol: 6, source: {services: {name: s, namespace: x}, serviceAccounts: {names: [robot]}}}]
---
{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: front}, spec: {order: 10, defaultAction: Pass}}
---
{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: s, labels: {a: b}}, spec: {nets: [10.0.0.0/9, "fd00::/64"]}}
`,
  `apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: h, labels: {role: node}}
spec: {node: node-0, interfaceName: eth0, expectedIPs: [10.9.0.1], profiles: [open], ports: [{name: ssh, port: 22, protocol: TCP}]}
---
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
  iptablesMarkMask: 4278190080
  failsafeInboundHostPorts: [{protocol: tcp, port: 22, net: 10.0.0.0/8}]
  logPrefix: "%t %p"
  kubeNodePortRanges: ["30000:30010", 31000]
  interfaceExclude: kube-ipvs0,/^eth[1-9]$/
  floatingIPs: Enabled
  workloadSourceSpoofing: Any
---
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {serviceClusterIPs: [{cidr: 10.96.0.0/12}]}
---
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: {name: p}
spec: {cidr: 10.240.0.0/16, ipipMode: CrossSubnet, natOutgoing: true, nodeSelector: all()}
`,
  `apiVersion: v1
kind: Pod
metadata:
  name: annotated
  namespace: x
  annotations:
    cni.projectcalico.org/floatingIPs: '["203.0.113.7", "2001:db8::7"]'
    cni.projectcalico.org/allowedSourcePrefixes: '["10.1.0.0/16"]'
    qos.projectcalico.org/ingressPacketRate: 1k
    qos.projectcalico.org/egressMaxConnections: "7"
    qos.projectcalico.org/dscp: AF41
spec: {nodeName: node-0, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.240.0.9, podIPs: [{ip: 10.240.0.9}, {ip: "fd00::9"}]}
`,
];

const fragments = [
  ..." \n \n  \n- \n---\n\n...\n\t \r\n \r \\ ' \" ''\" # | > |2- >+ - -- : :: , { } [ ] {} [] {{ }} & * &a *a ! !! !!str !!int !!binary % @ ` ? << <<: ~".split(
    " ",
  ),
  ..."yes no on off null true 0x1F 0o17 1e400 .inf .nan 1:30 -0 08 99999999999999999999 2024-01-01 $(id) `id` ;rm é 日本 😀".split(
    " ",
  ),
  ..."__proto__ constructor spec.podSelector namespaceSelector except endPort matchExpressions TCP SCTP 65536 -1 10.0.0.0/33 ::/0 0.0.0.0/0 Deny Pass has( all() %p 1e3 0xffffffff /(/ [] [1".split(
    " ",
  ),
  " ",
  "  ",
  "\n",
  "\n",
  "a",
  ": ",
  " #",
  "\u0000",
  "\u001b[2J",
  "\ufeff",
  "\u2028",
  "\ud800",
  "- ",
  "\n- ",
  "\n  ",
];
