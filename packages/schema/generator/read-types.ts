import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildGenerator,
  getProgramFromFiles,
  type JsonSchemaGenerator,
  type PartialArgs,
} from "typescript-json-schema";
import type { SchemaNode } from "./json.ts";
import { refuse } from "./refuse.ts";

const SOURCE = join(dirname(dirname(fileURLToPath(import.meta.url))), "src");

/** The types that go into the schema and the files they stand in; the events come along as members of `HookEvent`. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  "base.ts": ["HookEventBase"],
  "catalogue.ts": ["HookEvent"],
  "envelope.ts": ["HookStdinEnvelope"],
  "host-line.ts": ["HostLine", "HostDroppedLine", "HostReply"],
};

/**
 * Compiler options of our own: under NodeNext, typescript-json-schema doubles definitions and names them after absolute paths;
 * without the import extensions and `noEmit` it sees type errors in our `.ts` specifiers and gives nothing at all.
 */
const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2022"],
  module: "ESNext",
  moduleResolution: "Bundler",
  strict: true,
  skipLibCheck: true,
  types: [],
  noEmit: true,
  allowImportingTsExtensions: true,
};

/** `aliasRef` would define every interface that is imported as a type twice, the second time with `_1` at the end. */
const SETTINGS: PartialArgs = {
  required: true,
  strictNullChecks: true,
  ref: true,
  aliasRef: false,
  topRef: true,
  noExtraProps: false,
  defaultNumberType: "number",
  ignoreErrors: false,
  validationKeywords: ["examples"],
};

/** The sources as typescript-json-schema sees them. */
export interface TypesRead {
  /** Definitions by type name, not yet ours in shape or order. */
  readonly definitions: Readonly<Record<string, SchemaNode>>;
  /** Names of the wires, from the type `WireName`. */
  readonly wires: readonly string[];
}

/** Reads the types of packages/schema/src. Throws when they do not compile. */
export function readTypes(): TypesRead {
  const files = [...Object.keys(ROOTS), "wires/wire.ts"].map((file) => join(SOURCE, file));
  const generator = buildGenerator(getProgramFromFiles(files, COMPILER_OPTIONS, SOURCE), SETTINGS);
  if (!generator)
    refuse("packages/schema/src", "it has type errors", "Run `tsc -b packages/schema` and mend what it says.");
  const schema = generator.getSchemaForSymbols(Object.values(ROOTS).flat()) as SchemaNode;
  return { definitions: schema.definitions ?? {}, wires: wireNames(generator) };
}

/** From the type, not from the registry: the wires need the generated field table, which may not be there yet. */
function wireNames(generator: JsonSchemaGenerator): readonly string[] {
  const names = generator.getSchemaForSymbols(["WireName"]).definitions?.WireName as SchemaNode | undefined;
  return [...((names?.enum ?? []) as readonly string[])].sort();
}
