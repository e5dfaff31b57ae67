/** The registry of configuration surfaces: one line each. */
export { argvList } from "./argv-list.ts";
export { command } from "./command.ts";
export { singleArgv } from "./single-argv.ts";
