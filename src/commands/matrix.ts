import type { Command } from "commander";
export function define(command: Command): Command {
  return command;
}
