import { expect, test } from "vitest";
import { compile } from "../../../compiler/compile.js";
import { verify } from "../../../compiler/simulate/verify/verify.js";

const services = `
apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: { name: default }
spec: { serviceClusterIPs: [{ cidr: 10.0.0.0/16 }] }
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: h }
spec: { node: node-0, interfaceName: eth1 }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: g }
spec: { selector: all(), applyOnForward: true, ingress: [{ action: Allow }] }
`;

/** Before translation, of everything, where nodes send each other packets of IPIP. */
const beforeTunnels = `
apiVersion: projectcalico.org/v3
kind: IPPool
metadata: { name: p }
spec: { cidr: 10.240.0.0/24, ipipMode: Always }
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: h }
spec: { node: node-0, interfaceName: eth0 }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: g }
spec: { selector: all(), applyOnForward: true, preDNAT: true, types: [Ingress], ingress: [{ action: Allow }] }
`;

function findingsOf(text: string, generation = "calico"): readonly string[] {
  const hostInterfaces = ["eth0=10.240.9.1/28", "eth1=192.168.7.1/24"];
  const options = { engine: "calico", generation, node: "node-0", hostInterfaces };
  const { result } = compile([{ name: "cluster.yaml", text }], options);
  return verify(result!, { alsoReadings: true }).findings.map(({ code }) => code);
}

test("answers to an address of services pass where the connection is known, whose packets no untracked policy has allowed", () => {
  expect(findingsOf(services)).toEqual([]);
  expect(findingsOf(services.replace("applyOnForward: true", "applyOnForward: true, doNotTrack: true"))).toEqual([]);
});

test.each(["calico-2019", "calico"])(
  "as %s, what is allowed before translation may come through a tunnel or not",
  (generation) => {
    expect(findingsOf(beforeTunnels, generation)).toEqual([]);
    expect(findingsOf(beforeTunnels.replace("preDNAT", "doNotTrack"), generation)).toEqual([]);
  },
);
