/** How many random cases a test tries: as given, or more by `ANPM_RUNS=20 npx vitest …`, which multiplies. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: usual * Number(process.env["ANPM_RUNS"] ?? 1) };
}
