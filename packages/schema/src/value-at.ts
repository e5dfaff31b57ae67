/** The value at a dotted path, undefined when there is none. Only own keys are followed. */
export function valueAt(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  return follow(fields, path.split("."));
}

/** The value at the end of a row of keys, undefined when there is none. Only own keys are followed. */
export function follow(fields: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let value: unknown = fields;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
