import type { DeviationCode } from "../../engines/calico/deviations.js";

/** Which known deviations are in force, and at which parts of objects. */
export interface TierAlterations {
  on(code: DeviationCode, at: object): boolean;
  /** Whether it is in force anywhere. */
  has(code: DeviationCode): boolean;
}

/** None: the documentation as it is. */
export const noAlterations: TierAlterations = { on: () => false, has: () => false };
