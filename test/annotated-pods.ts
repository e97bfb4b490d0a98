/** The namespace of these pods, with the account that they run as. */
export const namespaceOfPods = `
{ apiVersion: v1, kind: Namespace, metadata: { name: x } }
---
{ apiVersion: v1, kind: ServiceAccount, metadata: { namespace: x, name: default } }
`;

/** A running pod of node-0 in namespace x, with a label `app` that is its name. Annotations are in the flow form of YAML. */
export function annotatedPod(name: string, ip: string, annotations: string): string {
  return `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: x, labels: { app: ${name} }, annotations: { ${annotations} } }
spec: { nodeName: node-0, containers: [{ name: c, image: i }] }
status: { phase: Running, podIP: '${ip}' }
`;
}

/** One with floating addresses, a list in JSON. */
export function floatingPod(name: string, ip: string, floating: string): string {
  return annotatedPod(name, ip, `cni.projectcalico.org/floatingIPs: '${floating}'`);
}
