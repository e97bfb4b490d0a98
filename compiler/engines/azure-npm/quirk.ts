export type { Quirk } from "../generation-info.js";
