import { bundled } from "../sdk-core/scripts/bundle.ts";

/** With this Deno finds the types of a file of JavaScript. */
const TYPES = `/* @ts-self-types="./xcodex_hooks_deno.d.mts" */\n`;

/** What users install who do not take the package from JSR. */
export default bundled(
  { entry: { xcodex_hooks_deno: "src/mod.ts" }, platform: "neutral", target: "es2022", tsconfig: false },
  TYPES,
);
