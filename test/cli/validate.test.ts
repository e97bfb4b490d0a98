import { expect, test } from "vitest";
import { anpm } from "./anpm.js";

test("anpm validate counts what is right, exit 0", async () => {
  const folder = "golden/calico-host-endpoints/manifests.yaml";
  const { stdout, stderr, exitCode } = await anpm(["validate", "-f", folder]);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^0 policies, 2 pods, 1 namespace, 7 other objects$/m);
  expect(exitCode).toBe(0);
});

test("anpm validate reports all mistakes in Calico's objects and Kubernetes' alike, exit 2", async () => {
  const files = ["golden/errors/calico-invalid/manifests.yaml", "golden/errors/cidr-invalid/manifests.yaml"];
  const { stderr, exitCode } = await anpm(["validate", ...files.flatMap((file) => ["-f", file])]);
  expect(stderr.match(/error calico-invalid:/g)).toHaveLength(21);
  expect(stderr).toContain("error cidr-invalid:");
  expect(exitCode).toBe(2);
});

test("anpm validate without files is told so", async () => {
  const { stderr, exitCode } = await anpm(["validate"]);
  expect(stderr).toContain("error nothing-to-read:");
  expect(exitCode).toBe(2);
});
