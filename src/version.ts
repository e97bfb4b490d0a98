/** Filled in when the command line is bundled. */
declare const ANPM_VERSION: string | undefined;

export const version = typeof ANPM_VERSION === "undefined" ? "0.0.0-unbundled" : ANPM_VERSION;
