import { quote } from "../quote.js";
import { error } from "./entry.js";

/** Comparing rules with the specification. */
export const verifyCodes = {
  "deviation-unknown": error(
    (p: { code: string; suggestion: string }) => `--allow: no finding is called ${quote(p.code)}`,
    (p) => (p.suggestion === "" ? "see anpm verify --help for the codes" : `did you mean ${p.suggestion}?`),
  ),
};
