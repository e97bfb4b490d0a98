import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: [new URL("fixed-seed.ts", import.meta.url).pathname],
    // Without it one core is left idle: on a machine of two, half of what there is.
    maxWorkers: "100%",
  },
});
