import { calicoCodes } from "./calico.js";
import { driftCodes } from "./drift.js";
import { engineCodes } from "./engine.js";
import { expectationCodes } from "./expectations.js";
import { explainCodes } from "./explain.js";
import { logCodes } from "./log.js";
import { manifestCodes } from "./manifest.js";
import { modelCodes } from "./model.js";
import { replayCodes } from "./replay.js";
import { shellCodes } from "./shell.js";
import { simulateCodes } from "./simulate.js";
import { verifyCodes } from "./verify.js";

/** The one table of diagnostics: code → severity, message, fix; a section a phase. */
export const codes = {
  ...manifestCodes,
  ...modelCodes,
  ...engineCodes,
  ...calicoCodes,
  ...simulateCodes,
  ...expectationCodes,
  ...explainCodes,
  ...replayCodes,
  ...logCodes,
  ...verifyCodes,
  ...driftCodes,
  ...shellCodes,
};

export type Code = keyof typeof codes;

/** What the message and the fix of a code are made of. */
export type ParametersOf<C extends Code> = Parameters<(typeof codes)[C]["message"]>[0];
