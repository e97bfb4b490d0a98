import { error, warning } from "./entry.js";

/** Reading logs. */
export const logCodes = {
  "not-a-log": error(
    (p: { path: string }) => `${p.path} holds no line that Azure NPM logs`,
    () => "give azure-npm.log of a node, or what kubectl logs prints for an azure-npm pod; unpack a packed file first",
  ),
  "folder-without-logs": error(
    (p: { path: string }) => `${p.path} holds no azure-npm.log`,
    () => "name the files themselves",
  ),
  "log-incomplete": warning(
    (p: { meaning: string; remedy: string }) => p.meaning,
    (p) => p.remedy,
  ),
  "log-cut-off": warning(
    (_: object) => "the log ends in the middle of a line: what this line and later ones say is missing",
    () => "nothing to do for a log that is still being written, else copy it again",
  ),
};
