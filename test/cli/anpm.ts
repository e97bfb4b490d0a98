import { execa } from "execa";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

const main = resolve("dist/src/main.js");

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number | undefined;
}

/** Runs the built command line, with an empty standard input unless one is given. */
export async function anpm(
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  if (!existsSync(main)) throw new Error("dist/src/main.js is missing: run npm run build first");
  return execa(process.execPath, [main, ...args], { input: "", reject: false, stripFinalNewline: false, ...options });
}

/** An empty folder that goes when the test ends. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "anpm-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A policy that is right: denies all that comes to the pods of a namespace. */
export const denyAll = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
  namespace: shop
spec:
  podSelector: {}
`;

/** The same with a mistake in its last line but one. */
export const broken = denyAll.replace("podSelector: {}", "podSelector: {}\n  policyTypes: [Inress]");
