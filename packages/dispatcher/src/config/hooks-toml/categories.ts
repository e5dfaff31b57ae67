/** The categories of hooks.toml (seed 003, "Event Categories"), and keys that config.toml must not have but hooks.toml does. */
import type { ToolKind } from "@xcodex/hooks-schema";

/** A category, and the tools that its hooks are about where their event has a tool. */
export const CATEGORIES: Readonly<Record<string, { readonly tools?: ToolKind }>> = {
  session: {},
  task: {},
  exec: { tools: "command" },
  patch: { tools: "patch" },
  mcp: { tools: "mcp" },
  agent: {},
  error: {},
  integration: {},
};

/** Keys of `[hooks]` of hooks.toml that are settings and no categories (seed 003, "Global Configuration"). */
export const GLOBALS = ["enabled", "timeout_seconds", "parallel_execution", "debug"] as const;

/** Whether a key of `[hooks]` is one of hooks.toml. */
export function isOfHooksToml(key: string): boolean {
  return Object.hasOwn(CATEGORIES, key) || GLOBALS.some((name) => name === key);
}
