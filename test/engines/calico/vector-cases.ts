import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { CompileOptions } from "../../../compiler/index.js";

export const root = join(import.meta.dirname, "../../../../shared/vectors/calico/cases");
export const present = existsSync(root);
if (!present) console.log("skipped: ../shared/vectors/calico/cases is not there");

/** Paths of the cases below the root. */
export const cases = present
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => existsSync(join(root, path, "expected")))
  : [];

/** The manifests of a case, or its steps. */
export function textsOf(path: string): { readonly name: string; readonly text: string }[] {
  const folder = existsSync(join(root, path, "steps")) ? join(root, path, "steps") : join(root, path);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

/** The command line flags of a case. */
export function optionsOf(path: string): CompileOptions {
  const read = (name: string): string =>
    existsSync(join(root, path, name)) ? readFileSync(join(root, path, name), "utf8").trim() : "";
  const { values } = parseArgs({
    args: read("options")
      .split(/\s+/)
      .filter((word) => word !== ""),
    options: {
      "interface-prefix": { type: "string" },
      "host-interface": { type: "string", multiple: true },
      felix: { type: "string", multiple: true },
    },
  });
  return {
    node: read("node") || "aks-nodepool1-12345678-0",
    ...(values["interface-prefix"] !== undefined && { interfacePrefix: values["interface-prefix"] }),
    ...(values["host-interface"] && { hostInterfaces: values["host-interface"] }),
    ...(values.felix && { felix: values.felix }),
  };
}
