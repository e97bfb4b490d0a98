/**
 * anpm as a library: text in, values and text out, no files, no clock, no network. In the order of the data flow.
 *
 * @example
 * import { compile, outputs } from "anpm";
 *
 * const { result, diagnostics } = compile([{ name: "policy.yaml", text }]);
 * for (const found of diagnostics) console.error(formatDiagnostic(found));
 * if (result) console.log(outputs[0].print(result, {}));
 */
export type { Source, Location, Position } from "./text/source.js";
export { formatLocation, positionOf } from "./text/source.js";
export type { Origin, FieldOrigin, EngineOrigin } from "./text/origin.js";
export type { Diagnostic, Where } from "./text/diagnostic.js";
export { diagnostic, isError, sortDiagnostics } from "./text/diagnostic.js";
export type { Code, ParametersOf } from "./text/codes/index.js";
export type { DiagnosticJson, DiagnosticStyle } from "./text/format-diagnostic.js";
export { formatDiagnostic, printDiagnosticsJson } from "./text/format-diagnostic.js";
export { suggest } from "./text/suggest.js";
export type { Document, Entry, Mapping, Scalar, Sequence, Value } from "./manifest/value.js";
export { parseDocuments } from "./manifest/parse-documents.js";
export type * from "./model/objects.js";
export { admit } from "./model/admit.js";
export { completeCluster } from "./model/complete-cluster.js";
export { selects } from "./model/selector.js";
export type * from "./netfilter/tables.js";
export type { Ownership, Jump } from "./netfilter/ownership.js";
export type { Command } from "./netfilter/command.js";
export { parseIptablesSave } from "./netfilter/parse-iptables-save.js";
export { parseIpsetSave } from "./netfilter/parse-ipset-save.js";
export { printIptablesSave } from "./netfilter/print-iptables-save.js";
export { printIpsetSave } from "./netfilter/print-ipset-save.js";
export { printCommands } from "./netfilter/print-commands.js";
export { applyScript } from "./netfilter/apply-script.js";
export { undoScript } from "./netfilter/undo-script.js";
export type * from "./pairs/pair-group.js";
export type { Reading } from "./pairs/reading.js";
export { lowerPolicy } from "./pairs/lower-policy.js";
export { formatPairs } from "./pairs/format-pairs.js";
export { resolverOf } from "./pairs/resolve.js";
export type { Addresses, ResolvedGroup, Resolver } from "./pairs/resolve.js";
export type * from "./engines/engine.js";
export { fold } from "./engines/fold.js";
export { azureNpm } from "./engines/azure-npm/azure-npm.js";
export type { Compilation, CompileOptions, CompileResult } from "./compile.js";
export { compile } from "./compile.js";
export { compileJson } from "./compile-json.js";
export { compileJsonSchema } from "./compile-json-schema.js";
export type { Output, OutputOptions } from "./outputs.js";
export { outputs } from "./outputs.js";
