import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { TAG } from "./check-definitions.ts";
import type { HooksSchema } from "./hooks-schema.ts";
import { GENERATED } from "./json.ts";
import { refuse } from "./refuse.ts";

/** What the module exports and the definition each function validates. */
const EXPORTS: Readonly<Record<string, string>> = {
  validateEvent: "HookEvent",
  validateBase: "HookEventBase",
  validateEnvelope: "HookStdinEnvelope",
  validateHostLine: "HostLine",
};

/** Keywords that only people read; without them the module is half the size. */
const FOR_PEOPLE: readonly string[] = ["$comment", "title", "description", "examples"];

/**
 * The validator as a module without imports, which starts three times as fast as ajv with the schema. Formats are not looked at: ajv's
 * code for them needs `require`. The `discriminator` keyword makes one wrong field one error, instead of one per event.
 */
export function validatorModule(schema: HooksSchema): string {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    inlineRefs: false,
    strictTypes: false,
    validateFormats: false,
    code: { source: true, esm: true, lines: true },
  });
  const { HookEvent, ...others } = schema.definitions;
  const tagged = { ...HookEvent, type: "object", discriminator: { propertyName: TAG } };
  ajv.addSchema(forMachines({ ...schema, oneOf: undefined, definitions: { ...others, HookEvent: tagged } }) as object);
  const refs = Object.fromEntries(
    Object.entries(EXPORTS).map(([name, type]) => [name, `${schema.$id}#/definitions/${type}`]),
  );
  // CommonJS behind an ES import: the function is the module's `default`.
  const text = standaloneCode.default(ajv, refs);
  if (/\brequire\(|\bimport\b/.test(text))
    refuse("validate.js", "ajv needs a module at run time", "Drop the keyword that needs it.");
  return `// ${GENERATED}\n${text}\n`;
}

function forMachines(node: unknown, inProperties = false): unknown {
  if (Array.isArray(node)) return node.map((item) => forMachines(item));
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(
    ([key, value]) => value !== undefined && (inProperties || !FOR_PEOPLE.includes(key)),
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      forMachines(value, !inProperties && (key === "properties" || key === "definitions")),
    ]),
  );
}

/** The module's types. */
export function validatorTypes(): string {
  const functions = Object.entries(EXPORTS).map(([name, type]) => {
    return `/** Whether a value is a \`${type}\`. */\nexport declare const ${name}: Validate<${type}>;`;
  });
  return `// ${GENERATED}
import type { ${Object.values(EXPORTS).sort().join(", ")} } from "../dist/index.js";

/** One thing that is wrong with a value. */
export interface ValidationError {
  /** JSON pointer to what is wrong; "" is the value itself. */
  readonly instancePath: string;
  /** JSON pointer into the schema to the keyword that says so. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Checks a value; never throws. Unknown fields are fine. Formats are not checked. */
export interface Validate<T> {
  (data: unknown): data is T;
  /** What was wrong with the value that was checked last; null when nothing was. */
  errors?: readonly ValidationError[] | null;
}

${functions.join("\n\n")}
`;
}
