import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll } from "vitest";
import { loadConfig } from "../../dist/config/load.js";
import type { Config } from "../../dist/contracts.js";

/** What a vector loads: config.toml, the files beside it, and what is said beside them. */
export interface Loaded {
  readonly toml: string | Uint8Array;
  readonly no_hooks?: boolean;
  /** Text by path, from the folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly flags?: { readonly enable_hooks?: boolean; readonly hooks_config?: string };
  /** All of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real folder with real files, gone after the file's tests. Every load begins with an empty one. */
export function configFolder(): {
  readonly path: string;
  readonly load: (content: string | Uint8Array, noHooks?: boolean) => Promise<Config>;
  readonly loadAll: (what: Loaded) => Promise<Config>;
} {
  const path = mkdtempSync(join(tmpdir(), "xcodex-config-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  const loadAll = ({ toml, no_hooks = false, files = {}, flags = {}, env = {} }: Loaded): Promise<Config> => {
    rmSync(path, { recursive: true, force: true });
    for (const [name, content] of Object.entries({ "config.toml": toml, ...files })) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    const { enable_hooks, hooks_config } = flags;
    return loadConfig({
      codexHome: path,
      noHooks: no_hooks,
      env: { ...env },
      ...(enable_hooks === undefined ? {} : { enableHooks: enable_hooks }),
      ...(hooks_config === undefined ? {} : { hooksConfig: resolve(path, hooks_config) }),
    });
  };
  return { path, loadAll, load: (toml, no_hooks = false) => loadAll({ toml, no_hooks }) };
}
