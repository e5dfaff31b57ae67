import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "../src/catalogue.ts";
import { catalogueFile } from "./catalogue-file.ts";
import { fieldTable, fieldTableText } from "./field-table.ts";
import { hooksSchema } from "./hooks-schema.ts";
import { jsonText } from "./json.ts";
import { readTypes } from "./read-types.ts";
import { refuse } from "./refuse.ts";
import { validatorModule, validatorTypes } from "./validator.ts";

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Folders, relative to the repository, in which every file is generated. */
export const GENERATED_FOLDERS: readonly string[] = ["packages/schema/generated", "packages/schema/src/generated"];

/**
 * Every generated file: path relative to the repository → text. Writes nothing. The same sources give the same bytes.
 * Throws GenerateError for sources that some reader could not understand.
 */
export function generate(): Map<string, string> {
  const { definitions, wires } = readTypes();
  const schema = hooksSchema(definitions, CATALOGUE);
  const files = new Map([
    ["packages/schema/generated/hooks.schema.json", jsonText(schema)],
    ["packages/schema/generated/catalogue.json", jsonText(catalogueFile(CATALOGUE, schema, wires))],
    ["packages/schema/generated/validate.js", validatorModule(schema)],
    ["packages/schema/generated/validate.d.ts", validatorTypes()],
    ["packages/schema/src/generated/fields.ts", fieldTableText(fieldTable(schema))],
  ]);
  for (const [path, text] of files) checkPaths(path, text);
  return files;
}

/** typescript-json-schema names a type after the file it is in when it has no better name. */
function checkPaths(path: string, text: string): void {
  const isLeaking = text.includes(REPOSITORY) || text.includes('import("');
  if (isLeaking)
    refuse(path, "it names a folder of this machine", "Export the type, and import it with `import type`.");
}
