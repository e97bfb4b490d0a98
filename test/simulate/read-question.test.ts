import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.js";
import { readBack } from "../../compiler/simulate/read-back.js";
import { readQuestion } from "../../compiler/simulate/read-question.js";
import { pod } from "./show/shop.js";

const text = `${pod("shop", "api", "api", 10)}
---
${pod("store", "api", "api", 11)}
---
kind: Deployment
apiVersion: apps/v1
metadata: { namespace: shop, name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: nginx }] }
`;
const result = compile([{ name: "shop.yaml", text }]).result!;

/** What `--from` means: the name of the endpoint, or codes and fixes. */
function from(name: string, namespace = "default"): string {
  const written = { from: name, to: "203.0.113.7", port: "80", state: "new", namespace } as const;
  const { question, diagnostics } = readQuestion(written, readBack(result.tables), result.objects);
  return question?.source.name ?? diagnostics.map(({ code, fix }) => `${code}: ${fix}`).join("; ");
}

describe("who is meant", () => {
  test.each([
    ["shop/api", "default", "shop/api"],
    ["api", "store", "store/api"],
    ["web", "shop", "shop/web-1"],
    ["shop/web", "default", "shop/web-1"],
    ["Deployment/web", "shop", "shop/web-1"],
    ["shop/deployment/web", "default", "shop/web-1"],
    ["10.0.0.11", "default", "store/api"],
    ["198.51.100.1", "default", "198.51.100.1"],
  ])("%s in namespace %s is %s", (name, namespace, found) => {
    expect(from(name, namespace)).toBe(found);
  });

  test.each([
    ["shop/aip", "did you mean shop/api?"],
    ["api", "did you mean shop/api?"],
    ["web", "did you mean shop/web?"],
    ["shop/Deployment/wbe", "NAMESPACE/POD"],
    ["zzzzzz", "NAMESPACE/POD"],
    ["10.0.0", "NAMESPACE/POD"],
  ])("%s is nobody", (name, fix) => {
    expect(from(name)).toContain("endpoint-unknown: ");
    expect(from(name)).toContain(fix);
  });
});
