import { resolve } from "node:path";
import type { LoadOptions } from "@xcodex/hooks-dispatcher";
import type { Context } from "./context.ts";

/** How every verb loads the configuration: as the flags say that stand for all of them. */
export function loadOptions(context: Context): Omit<LoadOptions, "codexHome"> {
  const { env, cwd, noHooks, enableHooks, hooksConfig } = context;
  return {
    env,
    noHooks,
    ...(enableHooks ? { enableHooks } : {}),
    ...(hooksConfig === undefined ? {} : { hooksConfig: resolve(cwd || "/", hooksConfig) }),
  };
}
