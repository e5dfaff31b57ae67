/** What the generator throws when the sources say something that the generated files could not. */
export class GenerateError extends Error {
  /** Stable code, the same for every refusal. */
  readonly code = "SCHEMA_SOURCE_REFUSED";
  /** Where in the schema: `Definition.field`. */
  readonly path: string;

  constructor(path: string, state: string, remedy: string) {
    super(`Cannot generate the schema of "${path}": ${state}. ${remedy}`);
    this.name = "GenerateError";
    this.path = path;
  }
}

/** Stops the generator. */
export function refuse(path: string, state: string, remedy: string): never {
  throw new GenerateError(path, state, remedy);
}
