import { credentialsIn, isScheme } from "./credentials.ts";
import { isCode, isHarmless, isVariable, looksMadeUp } from "./harmless.ts";
import { kindOfKey } from "./key-names.ts";
import type { SecretKind } from "./spans.ts";

/** What an element of a list of words says about the next one. */
export interface Expected {
  readonly kind: SecretKind;
  /**
   * How sure it is. `flag`: the next one is its value, unless that is a flag too. `header`: it is, behind a colon. `name`: only when it looks
   * like one, for there are lists of names as well.
   */
  readonly by: "flag" | "header" | "name";
}

const FLAG = /^-{1,2}([A-Za-z][\w.-]{3,80})$/;
const HEADER = /(?:^|[\s"'])([A-Za-z][\w.-]{2,80}):\s*(\S{0,40})\s*$/;
const NAME = /^[A-Za-z]+(?:-[A-Za-z]+)*$/;

/** What the next element of an argv, or of a list of headers, is, after this one. */
export function argumentExpected(item: string, expected: Expected | undefined): Expected | undefined {
  const flag = FLAG.exec(item)?.[1];
  if (flag !== undefined) return expectedFor(kindOfKey(flag), "flag");
  if (isScheme(item)) return expected?.kind === "authorization" ? expected : bearerAlone(item);
  const [, header, scheme = ""] = HEADER.exec(item.slice(-150)) ?? [];
  if (header !== undefined) return isHeaderOpen(header, scheme) ? expectedFor(kindOfKey(header), "header") : undefined;
  return NAME.test(item) && isHeaderName(item) ? expectedFor(kindOfKey(item), "name") : undefined;
}

function expectedFor(kind: SecretKind | undefined, by: Expected["by"]): Expected | undefined {
  return kind && { kind, by };
}

function bearerAlone(item: string): Expected | undefined {
  return item.toLowerCase() === "bearer" ? { kind: "authorization", by: "name" } : undefined;
}

/** Whether the value of a header is still to come: nothing stands there, or the scheme alone. */
function isHeaderOpen(header: string, scheme: string): boolean {
  return scheme === "" || (kindOfKey(header) === "authorization" && isScheme(scheme));
}

function isHeaderName(item: string): boolean {
  return item.includes("-") || item.toLowerCase() === "authorization";
}

/** Whether an element is the value that was expected. */
export function isExpected(item: string, { kind, by }: Expected): boolean {
  if (kind === "authorization" && isScheme(item)) return false;
  if (by === "flag") return !/^--[A-Za-z]/.test(item);
  return by === "header" || looksMadeUp(item) || (kind === "authorization" && hasScheme(item));
}

function hasScheme(item: string): boolean {
  const at = credentialsIn(item);
  return at > 0 && isScheme(item.slice(0, at).trim());
}

const ASSIGNMENT = /^(-{0,2}[A-Za-z_][\w.-]{1,80})=([^\s"'`]+)$/;

/** Where the value begins in `PASSWORD=a&b` or `--password=a;b`: nothing ends it but the element itself. */
export function assignmentIn(item: string): { readonly kind: SecretKind; readonly from: number } | undefined {
  const [, name = "", value = ""] = ASSIGNMENT.exec(item) ?? [];
  const kind = name === "" ? undefined : kindOfKey(name);
  if (kind === undefined || isHarmless(value, name) || isVariable(value) || isCode(value, name)) return undefined;
  // A call, in a list of lines of code.
  return /^[\w$.]+\(|\$\(/.test(value) ? undefined : { kind, from: name.length + 1 };
}
