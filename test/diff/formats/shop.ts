import { diff, type Difference } from "../../../compiler/diff/diff.js";
import type { CompileOptions } from "../../../compiler/compile.js";
import { versionOf } from "../versions.js";

/** Two pods, and a policy that lets one reach a port of the other. */
export const shop = `kind: Pod
apiVersion: v1
metadata: { namespace: shop, name: api, labels: { app: api } }
spec: { containers: [{ name: main, image: nginx }] }
---
kind: Pod
apiVersion: v1
metadata: { namespace: shop, name: web, labels: { app: web } }
spec: { containers: [{ name: main, image: nginx }] }
---
kind: NetworkPolicy
apiVersion: networking.k8s.io/v1
metadata: { namespace: shop, name: api-from-web }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - from:
        - podSelector: { matchLabels: { app: web } }
      ports:
        - port: 80
`;

/** The shop and the shop with another port. */
export function portChanged(names: readonly [string, string] = ["old.yaml", "new.yaml"]): Difference {
  return difference(shop, shop.replace("port: 80", "port: 443"), names);
}

export function difference(
  before: string,
  after: string,
  [old, young]: readonly [string, string] = ["old.yaml", "new.yaml"],
  options: CompileOptions = {},
): Difference {
  const fileOf = () => "shop.yaml";
  return diff({ ...versionOf(before, options, old), fileOf }, { ...versionOf(after, options, young), fileOf });
}
