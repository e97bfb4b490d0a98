import fc from "fast-check";

// The same tests on every run: a failure is somebody's change, not chance. The runners in scripts/ draw new seeds.
fc.configureGlobal({ seed: Number(process.env["ANPM_SEED"] ?? 1) });
