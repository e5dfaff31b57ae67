/** The registry of wires: one line each. */
export { codex } from "./codex.ts";
export { kebab } from "./kebab.ts";
export { lifecycle } from "./lifecycle.ts";
export { xcodex } from "./xcodex.ts";
