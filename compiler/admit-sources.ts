import { parseDocuments, type ParsedDocuments } from "./manifest/parse-documents.js";
import { admit, type Admission, type AdmitOptions } from "./model/admit.js";
import type { Source } from "./text/source.js";

/** Texts → documents → objects, and what there is to say of either. */
export function admitSources(
  sources: readonly Source[],
  options: AdmitOptions,
  parse: (source: Source) => ParsedDocuments = parseDocuments,
): Admission {
  const parsed = sources.map((source) => parse(source));
  const admission = admit(
    parsed.flatMap(({ documents }) => documents),
    options,
  );
  return { ...admission, diagnostics: [...parsed.flatMap(({ diagnostics }) => diagnostics), ...admission.diagnostics] };
}
