/**
 * Keeps the generated schema and catalogue as they are released: part of `pnpm run version`, after the changesets have become a
 * version. `--again` freezes a version that is not published yet anew.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SCHEMA_VERSION } from "../src/base.ts";
import { freeze } from "./released.ts";

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "..");

try {
  const changed = freeze(PACKAGE, SCHEMA_VERSION, process.argv.includes("--again"));
  console.log(
    changed.length > 0
      ? `Frozen: ${changed.join(", ")}.`
      : "Nothing to freeze: the released files are the generated ones.",
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
