import type * as AsyncHooks from "node:async_hooks";
import type * as Crypto from "node:crypto";
import type * as Fs from "node:fs";
import type * as Path from "node:path";

/** Modules of Node, by the name they are imported by. */
interface Builtins {
  "node:async_hooks": typeof AsyncHooks;
  "node:crypto": typeof Crypto;
  "node:fs": typeof Fs;
  "node:path": typeof Path;
}

/**
 * A module of Node, when it is needed. An `import` of `node:fs` alone takes a millisecond and more, because it also makes
 * everything that the module makes on demand; and a hook is started for every event.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return process.getBuiltinModule(name) as unknown as Builtins[Name];
}
