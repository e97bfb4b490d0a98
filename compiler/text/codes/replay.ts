import { quote } from "../quote.js";
import { error, warning } from "./entry.js";

/** Steps on a node, and the log of what it does. */
export const replayCodes = {
  "nothing-to-replay": error(
    (_: object) => "no steps are given",
    () => "name a folder of steps, or add --apply FILE, --delete FILE or --reconcile",
  ),
  "steps-in-a-file": error(
    (p: { path: string }) => `${p.path} is a file, not a folder of steps`,
    (p) => `write --apply ${p.path} or --delete ${p.path}, or name a folder of steps`,
  ),
  "folder-without-steps": error(
    (p: { path: string }) => `${p.path} holds no steps`,
    () => "name its files 01-apply-….yaml, 02-delete-….yaml, 03-reconcile, in the order of what happens",
  ),
  "step-name-unknown": error(
    (p: { path: string }) => `the name of ${p.path} does not say what to do with it`,
    () => "call it NN-apply….yaml, NN-delete….yaml or NN-reconcile…, NN being its number",
  ),
  "step-number-twice": error(
    (p: { number: string; first: string; second: string }) =>
      `${p.first} and ${p.second} have the same number ${p.number}, so they would be written to the same folder`,
    () => "give each step a number of its own",
  ),
  "steps-out-of-order": warning(
    (p: { first: string; second: string }) =>
      `${p.first} is carried out before ${p.second}: steps go by their names, letter by letter`,
    () => "write all numbers with as many digits: 02, 10",
  ),
  "delete-unknown": warning(
    (p: { kind: string; name: string }) => `there is no ${p.kind} ${p.name} to delete: the node hears nothing of it`,
    () => "check its kind, namespace and name, or apply it in an earlier step",
  ),
  "log-start-invalid": error(
    (p: { text: string }) => `${quote(p.text)} is no point in time`,
    () => "write it as 2019-05-06T12:34:56Z",
  ),
  "log-step-invalid": error(
    (p: { text: string }) => `${quote(p.text)} is no time between two lines`,
    () => "write a number and a unit (us, ms, s, m or h): 250us, 1ms or 2s",
  ),
  "log-of-another-release": warning(
    (p: { release: string; voice: string; differs: string }) =>
      `the log is written in the voice of ${p.voice}: in ${p.release} ${p.differs} may differ`,
    () => "nothing to do; what happens to rules and sets is the same",
  ),
  "log-leaves-out": warning(
    (p: { what: string }) => `the log does not tell of ${p.what}`,
    () => "nothing to do; rules and sets are made with them, and what changes among these is logged",
  ),
};
