import { expect } from "vitest";
import type { ToldEvent } from "./driver.ts";
import { expand } from "./vectors.ts";

/** What a vector expects of an event. */
export interface ExpectedEvent {
  readonly type: string;
  readonly fields: Record<string, unknown>;
  readonly extra?: Record<string, unknown>;
  readonly problems?: readonly { readonly field: string; readonly code: string }[];
  /** Only these fields are compared. */
  readonly partial?: true;
}

/** Compares as PROTOCOL.md, section 7 says, without the allowances that it makes for other languages. */
export function expectEvent(told: ToldEvent | undefined, described: ExpectedEvent): void {
  const expected = expand(described);
  if (!told) throw new Error("Cannot compare the event: the driver told none.");
  expect(told.type).toBe(expected.type);
  if (expected.partial) expect(pick(told.fields, Object.keys(expected.fields))).toStrictEqual(expected.fields);
  else expect(told.fields).toStrictEqual(expected.fields);
  if (expected.extra) expect(told.extra).toStrictEqual(expected.extra);
  if (expected.problems) expect(inOrder(told.problems)).toStrictEqual(inOrder(expected.problems));
  for (const problem of told.problems) expect(problem.message).toContain(problem.field);
}

function pick(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key]]));
}

function inOrder(problems: readonly { field: string; code: string }[]): string[] {
  return problems.map(({ field, code }) => `${field}: ${code}`).sort();
}
