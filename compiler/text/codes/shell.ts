import { quote } from "../quote.js";
import { error, warning } from "./entry.js";

/** The command line: arguments, files, the environment. */
export const shellCodes = {
  "unknown-command": error(
    (p: { command: string; suggestion: string; known: readonly string[] }) => `there is no command ${quote(p.command)}`,
    (p) => (p.suggestion === "" ? `use one of ${p.known.join(", ")}` : `did you mean ${p.suggestion}?`),
  ),
  "unknown-option": error(
    (p: { option: string; suggestion: string; command: string }) => `unknown option ${p.option}`,
    (p) => (p.suggestion === "" ? `see ${p.command} --help for what there is` : `did you mean ${p.suggestion}?`),
  ),
  "unknown-output": error(
    (p: { output: string; suggestion: string; known: readonly string[] }) => `there is no output ${quote(p.output)}`,
    (p) => (p.suggestion === "" ? `use one of ${p.known.join(", ")}` : `did you mean ${p.suggestion}?`),
  ),
  "wrong-option-value": error(
    (p: { option: string; value: string; known: readonly string[] }) => `${p.option} cannot be ${quote(p.value)}`,
    (p) => `use ${p.known.join(" or ")}`,
  ),
  "option-without-value": error(
    (p: { option: string }) => `a value is missing after ${p.option}`,
    () => "write the value behind it",
  ),
  "missing-option": error(
    (p: { option: string; command: string }) => `${p.command} needs the option ${p.option}`,
    (p) => `add it; see ${p.command} --help`,
  ),
  "conflicting-options": error(
    (p: { option: string; other: string }) => `${p.option} and ${p.other} exclude each other`,
    () => "keep one of the two",
  ),
  "unexpected-argument": error(
    (p: { argument: string }) => `unexpected argument ${quote(p.argument)}`,
    (p) => `leave it out, or write -f ${p.argument} when it is a file to read`,
  ),
  "missing-argument": error(
    (p: { argument: string; command: string }) => `the argument ${p.argument} is missing`,
    (p) => `see ${p.command} --help for what it can be`,
  ),
  "nothing-to-read": error(
    (_: object) => "no manifests are given",
    () => "add -f FILE, -f FOLDER, or -f - for standard input",
  ),
  "nothing-to-convert": error(
    (_: object) => "there is no NetworkPolicy of Kubernetes among the manifests",
    () => "name files or folders that hold some with -f",
  ),
  "several-outputs": error(
    (p: { outputs: readonly string[] }) => `standard output holds one output, not ${p.outputs.join(" and ")}`,
    () => "add --out-dir FOLDER to write each to a file, or name one",
  ),
  "stdin-twice": error(
    (_: object) => "standard input is named twice",
    () => "write - once",
  ),
  "file-not-found": error(
    (p: { path: string }) => `there is no file or folder ${p.path}`,
    () => "check the spelling and the current folder",
  ),
  "file-unreadable": error(
    (p: { path: string; reason: string }) => `${p.path} cannot be read: ${p.reason}`,
    () => "check the permissions, or run as a user who may read it",
  ),
  "folder-not-a-file": error(
    (p: { path: string }) => `${p.path} is a folder, and a file is wanted here`,
    () => "name a file",
  ),
  "file-too-large": error(
    (p: { path: string }) => `${p.path} is larger than 512 MiB, the longest text that fits in memory as one piece`,
    () => "split it into several files",
  ),
  "not-utf-8": error(
    (p: { byte: string }) => `the byte ${p.byte} is not UTF-8 text here`,
    () => "save the file as UTF-8",
  ),
  "folder-without-manifests": error(
    (p: { path: string }) => `${p.path} holds no .yaml, .yml or .json file`,
    () => "name another folder, or name the files themselves",
  ),
  "unreadable-dump": error(
    (p: { problem: string; tool: string }) => p.problem,
    (p) => `give the output of ${p.tool} as it is`,
  ),
  "read-already": warning(
    (p: { path: string; target: string }) => `${p.path} leads to ${p.target}, which is read already, and is skipped`,
    () => "nothing to do, unless the symbolic link should lead elsewhere",
  ),
  "cannot-write": error(
    (p: { path: string; reason: string }) => `${p.path} cannot be written: ${p.reason}; nothing was changed`,
    () => "check the folder, its permissions and the space left",
  ),
  "cannot-listen": error(
    (p: { port: number; reason: string }) => `port ${p.port} of this machine cannot be listened on: ${p.reason}`,
    () => "name another with --port, or let --port 0 choose one that is free",
  ),
  "kernel-unavailable": error(
    (p: { reason: string; flavour: string }) => `packets cannot be sent through a kernel here: ${p.reason}`,
    (p) =>
      `run it as root on Linux, with ip, nsenter, unshare, ipset and iptables-${p.flavour}-restore, or leave out --kernel`,
  ),
  "internal-error": error(
    (p: { reason: string }) => `internal error: ${p.reason}`,
    () =>
      "this is a fault of anpm: please report it with the command and its input; ANPM_DEBUG=1 shows where it happened",
  ),
  "nothing-to-compare": error(
    () => "nothing to compare",
    () =>
      "name two files or folders, two git revisions (main..HEAD) with -f, or -f and two generations (--npm v2-fnv..v2)",
  ),
  "second-version-missing": error(
    (p: { first: string }) => `${quote(p.first)} is compared with nothing`,
    () => "name a second file or folder, or two git revisions as main..HEAD",
  ),
  "patch-between-flavours": error(
    (p: { before: string; after: string }) =>
      `the rules before are in iptables-${p.before}, those after in iptables-${p.after}, and no patch changes both in one moment`,
    () =>
      "give both the same flavour with --iptables, or compile the version after with -o script, which moves a node from one to the other",
  ),
  "git-missing": error(
    () => "git is not installed, and revisions are read with it",
    () => "install git, or compare two folders",
  ),
  "git-no-repository": error(
    (p: { reason: string }) => `revisions can be compared in a git repository only: ${p.reason}`,
    () => "run it inside of the repository, or compare two folders",
  ),
  "git-unknown-revision": error(
    (p: { revision: string }) => `git knows no revision ${quote(p.revision)}`,
    () => "name a branch, a tag or a commit; a shallow clone may have to fetch it first",
  ),
  "git-no-common-commit": error(
    (p: { left: string; right: string }) => `${quote(p.left)} and ${quote(p.right)} have no commit in common`,
    () => "write two dots (main..HEAD) to compare them as they are; a shallow clone may have to fetch more first",
  ),
  "git-path-absent": error(
    (p: { path: string; left: string; right: string }) =>
      `neither ${quote(p.left)} nor ${quote(p.right)} has manifests at ${quote(p.path)}`,
    () => "name a path that one of the two revisions has, below the current folder",
  ),
  "git-link-skipped": warning(
    (p: { path: string }) => `${p.path} is a symbolic link in git and is not read`,
    () => "name the file that it leads to",
  ),
};
