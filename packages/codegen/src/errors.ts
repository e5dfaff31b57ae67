/** Everything that can stop the generator of the languages: code → what it means. */
export const CODEGEN_CODES = {
  bad_manifest: "A language's manifest cannot be used.",
  bad_generator: "A language's generator wrote other files than its manifest says.",
  inexpressible: "The schema says something that a language cannot say.",
} as const;

/** Code of a {@link CodegenError}. */
export type CodegenCode = keyof typeof CODEGEN_CODES;

/** What the generator throws when it cannot generate the files of a language. */
export class CodegenError extends Error {
  override readonly name: string = "CodegenError";
  readonly code: CodegenCode;
  /** Where: `Definition.field` of the schema, or a file of the repository. */
  readonly path: string;

  constructor(code: CodegenCode, path: string, state: string, remedy: string) {
    super(`Cannot generate from "${path}": ${state}. ${remedy}`);
    this.code = code;
    this.path = path;
  }
}

/** Refuses a part of the schema that a language cannot say. */
export function inexpressible(path: string, state: string, remedy: string): never {
  throw new CodegenError("inexpressible", path, state, remedy);
}
