import type { LogRotation } from "../log-rotation.js";

/** Eight files of five megabytes. Source: Azure NPM 313878e8c and v1.2.6, log/logger.go. */
export const npmRotation: LogRotation = { limit: 5 * 1024 * 1024, files: 8, every: 8 };
