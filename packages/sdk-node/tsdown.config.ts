import * as schema from "@xcodex/hooks-schema";
import { defineConfig, type UserConfig } from "tsdown";

/**
 * `export type *` says that the schema's types are exported and its values are not. The bundled declarations forget the
 * difference and would promise values that are not in the code, so they are taken off the list.
 */
const typesOnly = {
  name: "types-only",
  renderChunk(code: string, chunk: { fileName: string }): string | undefined {
    if (!chunk.fileName.endsWith(".d.mts")) return undefined;
    const isType = (name: string): boolean => !Object.hasOwn(schema, name.trim());
    return code.replace(
      /export \{([^}]*)\};?\s*$/,
      (_, names: string) => `export {${names.split(",").filter(isType)} };\n`,
    );
  },
};

/** Nothing that is imported may stay outside: the package has no dependencies, also not for its types. */
const whole: UserConfig = {
  entry: { index: "src/index.ts" },
  format: "esm",
  platform: "node",
  target: "node20.19",
  deps: { alwaysBundle: [/^@xcodex\//], onlyBundle: [] },
};

/** One file of code and one of types. Built apart: together they would share a third. */
export default defineConfig([
  { ...whole, dts: false },
  { ...whole, dts: { emitDtsOnly: true }, clean: false, plugins: [typesOnly] },
]);
