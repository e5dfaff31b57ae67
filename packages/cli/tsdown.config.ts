import { defineConfig } from "tsdown";

/**
 * What the program runs: our own packages in a few files instead of a hundred, because an agent may start it for every event. Verbs
 * stay in files of their own. Other packages stay outside, with their licences.
 */
export default defineConfig({
  entry: { main: "src/main.ts", "verify-addon": "src/build/verify-addon.ts" },
  outDir: "bundle",
  format: "esm",
  platform: "node",
  target: "node20.19",
  dts: false,
  deps: { alwaysBundle: [/^@xcodex\/hooks-(dispatcher|schema)/] },
});
