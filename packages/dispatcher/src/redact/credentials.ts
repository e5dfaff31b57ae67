/** Schemes of `Authorization` that are known. Any other word may be the credentials themselves. */
const SCHEMES: ReadonlySet<string> = new Set(
  "basic bearer token apikey api-key digest negotiate ntlm oauth hawk hoba mutual vapid dpop gnap aws4-hmac-sha256 key".split(
    " ",
  ),
);

/** Whether a word names a scheme. */
export function isScheme(word: string): boolean {
  return word.length <= 32 && SCHEMES.has(word.toLowerCase());
}

const SCHEME = /^\s*([A-Za-z][A-Za-z0-9-]{0,31})(?:\s+|%20)(?=\S)/;

/** Where the credentials begin in the value of `Authorization`: behind a scheme that is known, which stays. */
export function credentialsIn(value: string): number {
  const [before = "", scheme = ""] = SCHEME.exec(value) ?? [];
  return isScheme(scheme) ? before.length : 0;
}
