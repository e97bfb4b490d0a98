import { findBrowser } from "./find-browser.js";
import { installTools } from "./install-tools.js";

/** Before the tests: gets the browser that the tests of the playground need, or says that they will be skipped and why. */
await installTools({
  tests: "the tests of the playground in a browser",
  packages: { chromium: "chromium" },
  missing: async () => (findBrowser() === undefined ? ["chromium"] : []),
});
