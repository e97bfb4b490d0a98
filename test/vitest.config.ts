import { defineConfig } from "vitest/config";

export default defineConfig({ test: { setupFiles: [new URL("fixed-seed.ts", import.meta.url).pathname] } });
