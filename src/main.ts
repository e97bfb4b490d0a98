#!/usr/bin/env node
import { run } from "./run.js";
import { watchStdout } from "./stdout.js";

watchStdout();
await run(process.argv.slice(2));
