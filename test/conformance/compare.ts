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

/** What is forgiven a language (PROTOCOL.md, section 7; the manifest says which). */
export interface Allowances {
  /** Null and absent are the same in `fields`, not further down. */
  readonly nullIsAbsent?: boolean;
  /** Halves of surrogate pairs are U+FFFD. */
  readonly noLoneSurrogates?: boolean;
}

/** Compares as PROTOCOL.md, section 7 says. */
export function expectEvent(told: ToldEvent | undefined, described: ExpectedEvent, allowed: Allowances = {}): void {
  if (!told) throw new Error("Cannot compare the event: the driver told none.");
  const [expected, actual] = [forgiven(expand(described), allowed), forgiven(told, allowed)];
  expect(actual.type).toBe(expected.type);
  if (expected.partial) expect(pick(actual.fields, Object.keys(expected.fields))).toStrictEqual(expected.fields);
  else expect(actual.fields).toStrictEqual(expected.fields);
  if (expected.extra) expect(actual.extra).toStrictEqual(expected.extra);
  if (expected.problems) expect(inOrder(actual.problems ?? [])).toStrictEqual(inOrder(expected.problems));
  for (const problem of told.problems) expect(problem.message).toContain(problem.field);
}

function forgiven(event: ExpectedEvent, allowed: Allowances): ExpectedEvent {
  const whole = allowed.noLoneSurrogates ? (withoutSurrogates(event) as ExpectedEvent) : event;
  if (!allowed.nullIsAbsent) return whole;
  return { ...whole, fields: Object.fromEntries(Object.entries(whole.fields).filter(([, value]) => value !== null)) };
}

function withoutSurrogates(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/\p{Surrogate}/gu, "\ufffd");
  if (Array.isArray(value)) return value.map(withoutSurrogates);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSurrogates(item)]));
}

function pick(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key]]));
}

function inOrder(problems: readonly { field: string; code: string }[]): string[] {
  return problems.map(({ field, code }) => `${field}: ${code}`).sort();
}
