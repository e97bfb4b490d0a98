import type { Quirk } from "./quirk.js";

/**
 * NPM v1.0.18 and later v1 releases ask the API server for its version, and pass over peers with namespaceSelector and podSelector
 * when it is older than 1.11 (`IsNewNwPolicyVerFlag`). The AKS article of 2019 names 1.12 as the version that its third policy needs: to
 * NPM a server 1.11 is new enough.
 */
export function passesOverBothSelectors(kubernetesMinor: number): boolean {
  return kubernetesMinor < 11;
}

export const bothSelectorsQuirk: Quirk = {
  name: "both-selectors-by-version",
  source: "Azure NPM 313878e8c, npm/npm.go and npm/parse.go (v1.4.9: translatePolicy.go), IsNewNwPolicyVerFlag",
  consequence:
    "with an API server before 1.11 a peer that has namespaceSelector and podSelector is passed over: nobody is let in by it. The AKS article of 2019 asks for Kubernetes 1.12; NPM itself goes by 1.11",
  example:
    "--kubernetes 1.10, from: [{namespaceSelector: {env: a}, podSelector: {app: p}}] allows nobody; 1.11 allows app=p of env=a",
};
