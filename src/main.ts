#!/usr/bin/env node
import { run } from "./run.js";
import { watchStdout } from "./stdout.js";

watchStdout();
void run(process.argv.slice(2));
