import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { loadConfig } from "../../dist/config/load.js";
import type { Config } from "../../dist/contracts.js";

/** A real folder with a real config.toml, gone after the file's tests. */
export function configFolder(): {
  readonly path: string;
  readonly load: (content: string | Uint8Array, noHooks?: boolean) => Promise<Config>;
} {
  const path = mkdtempSync(join(tmpdir(), "xcodex-config-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    load: (content, noHooks = false) => {
      writeFileSync(join(path, "config.toml"), content);
      return loadConfig({ codexHome: path, noHooks });
    },
  };
}
