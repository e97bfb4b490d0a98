import { expect, test } from "vitest";
import type { LogEntry } from "../../compiler/engines/log-entry.js";
import { parseLogStart } from "../../compiler/log/clock.js";
import { printLog } from "../../compiler/log/print-log.js";

const entries: readonly LogEntry[] = [
  { kind: "klog", severity: "E", source: "restore.go:145", text: () => "first line\nsecond line" },
  { kind: "logger", text: ({ nodeName }) => `on ${nodeName}` },
  { kind: "plain", text: () => "Error: failed to start" },
];
const clock = { start: parseLogStart("2019-05-06T12:34:56.000250Z")!, step: 10 };

test("klog's header, the logger's, and none; a text of several lines has one header", () => {
  expect(printLog(entries, { clock, nodeName: "node-1" })).toBe(
    [
      "E0506 12:34:56.000250       1 restore.go:145] first line",
      "second line",
      "2019/05/06 12:34:56 [1] on node-1",
      "Error: failed to start",
      "",
    ].join("\n"),
  );
});

test("the process id has seven places in klog's header", () => {
  const [klog, logger] = printLog(entries.slice(0, 2), { clock, processId: 4711 }).split("\nsecond line\n");
  expect(klog).toBe("E0506 12:34:56.000250    4711 restore.go:145] first line");
  expect(logger).toBe("2019/05/06 12:34:56 [4711] on aks-nodepool1-12345678-vmss000000\n");
});

test("the clock goes on after earlier entries", () => {
  expect(printLog(entries.slice(0, 1), { clock }, 100)).toMatch(/^E0506 12:34:56\.001250 /);
});
