import { expect, test } from "vitest";
import { diagnostic } from "../../compiler/index.js";
import { exitCodeOf } from "../../src/exit-code.js";

const wrongInput = diagnostic("file-not-found", { path: "a" });
const environment = diagnostic("file-unreadable", { path: "a", reason: "permission denied" });
const warning = diagnostic("read-already", { path: "a", target: "b" });

test.each([
  ["nothing", [], 0],
  ["warnings", [warning], 0],
  ["wrong input", [warning, wrongInput], 2],
  ["a failed environment", [environment, warning], 3],
  ["both: what the user can mend counts", [environment, wrongInput], 2],
])("%s", (_, diagnostics, code) => {
  expect(exitCodeOf(diagnostics)).toBe(code);
});
