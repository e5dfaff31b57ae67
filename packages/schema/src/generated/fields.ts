// placeholder until the generator runs
export type FieldType = "string" | "integer" | "number" | "boolean" | "object" | "array" | "strings" | "any";
export interface FieldSpec { readonly type: FieldType; readonly required?: true }
export const BASE_FIELDS: Readonly<Record<string, FieldSpec>> = {};
export const EVENT_FIELDS: Readonly<Record<string, Readonly<Record<string, FieldSpec>>>> = {};
