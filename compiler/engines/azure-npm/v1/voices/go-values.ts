import type { ContainerPort } from "../../../../model/objects.js";
import { entryWords, type Entry } from "../../kernel/entry.js";

/** Which fields a release's rules have when Go prints them with %+v, beside chain and words. */
export interface EntryShape {
  readonly isJump: boolean;
}

/** A rule as Go prints it with %+v; `waits` once the command has run. */
export function goEntry(entry: Entry, { isJump }: EntryShape, waits = false): string {
  const fields = [
    "Command:",
    "Name:",
    `Chain:${entry.chain}`,
    "Flag:",
    `LockWaitTimeInSeconds:${waits ? "60" : ""}`,
    ...(isJump ? [`IsJumpEntry:${jumpsToChain(entry)}`] : []),
    `Specs:[${entryWords(entry).join(" ")}]`,
  ];
  return `&{${fields.join(" ")}}`;
}

/** What is put into ipset, as Go prints it with %+v; `spec` is printed as it is. */
export function goIpsetEntry(operation: string, name: string, kernelName: string, spec: string): string {
  return `&{operationFlag:${operation} name:${name} set:${kernelName} spec:${spec}}`;
}

/** A container's port as Go prints it with %+v; ports of the host are not known here. */
export function goPort({ name, containerPort, protocol }: ContainerPort): string {
  return `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:}`;
}

function jumpsToChain({ target }: Entry): boolean {
  return target.kind === "jump" && target.to.startsWith("AZURE-NPM");
}
