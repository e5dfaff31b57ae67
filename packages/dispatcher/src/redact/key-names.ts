import type { SecretKind } from "./spans.ts";

/** What may stand behind the word that means a secret and changes nothing: `API_KEY_PROD`, `password2`, `token_value`. */
const QUALIFIERS = setOf(`value prod production stage staging dev development test testing live new old current
  previous prev backup primary secondary default plain raw text plaintext cleartext b64 base64 env confirm confirmation again`);

/** Names with one of these are about a secret and hold none: `PASSWORD_FILE`, `MAX_TOKEN_LENGTH`. */
const ABOUT =
  setOf(`file path dir url uri endpoint host port name id ids type count counts limit length size max min ttl
  timeout expiry expires expiration age enabled disabled required policy usage budget arn ref prefix suffix header field
  version algorithm hash store manager provider command cmd helper stdin fd socket mode scope rotation regex pattern`);

/** A name that begins so says something about a secret: `has_password`, `--no-password`, `getToken`. */
const VERBS = setOf(`no not has have is without show hide get set forgot reset require requires needs need use allow
  validate verify check create generate invalid missing max min num`);

/** Tokens that are places in a text or a list and no secrets. */
const PLACES = setOf(`next page nextpage continuation continue pagination sync progress cancel cancellation stop eos bos
  pad unk sep cls mask special first last start end per each whole current previous prev idempotency request
  clientrequest resume skip cursor input output prompt completion cached reasoning total max min num syntax lexer parser`);

/** Keys that open something, by the word before `key`. What is left, `primary_key`, `cache_key`, is a name of a thing. */
const KEYS: ReadonlyMap<string, SecretKind> = new Map<string, SecretKind>([
  ...["api", "app", "subscription", "service", "admin"].map((word) => [word, "api-key"] as const),
  ...["secret", "private", "signing", "encryption", "master", "access", "account", "auth", "shared", "deploy"].map(
    (word) => [word, "secret"] as const,
  ),
]);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}

/** Names repeat themselves. What a file of data may bring along is forgotten again. */
const MOST_KNOWN = 4_096;
const LONGEST_NAME = 80;
const known = new Map<string, SecretKind | null>();

/**
 * What a key, the name of a variable or a flag says about its value: the kind of secret that it is, or undefined. `password`, `DB_PASS`,
 * `clientSecret`, `X-Api-Key`, `--auth-token` do; counts (`max_tokens`), facts (`token_type`) and places (`next_page_token`) do not.
 */
export function kindOfKey(name: string): SecretKind | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const before = known.get(name);
  if (before !== undefined) return before ?? undefined;
  if (known.size >= MOST_KNOWN) known.clear();
  const kind = classify(name);
  known.set(name, kind ?? null);
  return kind;
}

/** Whether a key names several: `secrets`, `api_keys`. A number there is a count. */
export function isPlural(name: string): boolean {
  return /(?:[dtyen])s$/i.test(name);
}

/** An object may have anything as a key, a label as well. */
const NAME = /^[\w.$ -]+$/;

function classify(name: string): SecretKind | undefined {
  if (!NAME.test(name)) return undefined;
  const words = wordsOf(name);
  while (words.length > 1 && isQualifier(words.at(-1) as string)) words.pop();
  if (words.length > 1 && VERBS.has(words[0] as string)) return undefined;
  return kindOfWords(words) ?? (isVariable(name) ? kindOfVariable(words) : undefined);
}

function wordsOf(name: string): string[] {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
  return parted
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

function isQualifier(word: string): boolean {
  return QUALIFIERS.has(word) || /^\d+$/.test(word);
}

/** Spelled like a variable of the environment. */
function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(name);
}

/** In a variable the word may stand anywhere: `TOKEN_GITHUB`, `API_KEY_OPENAI`. */
function kindOfVariable(words: readonly string[]): SecretKind | undefined {
  if (words.some((word) => ABOUT.has(word))) return undefined;
  for (let length = words.length - 1; length > 0; length -= 1) {
    // `PASS` alone is no password where something follows: PASS_DEPTH.
    const kind = words[length - 1] === "pass" ? undefined : kindOfWords(words.slice(0, length));
    if (kind) return kind;
  }
  return undefined;
}

function kindOfWords(words: readonly string[]): SecretKind | undefined {
  const last = words.at(-1)?.replace(/\d+$/, "") ?? "";
  const before = words.at(-2) ?? "";
  if (last === "authorization") return "authorization";
  if (/(?:password|passwd|passphrase|passcode)s?$/.test(last) || /pwd$/.test(last)) return "password";
  if (/^(?:store|key|db|user|root|my|pg|ssh)pass$/.test(last)) return "password";
  if ((last === "pass" || last === "pw") && words.length > 1) return "password";
  if (/secrets?$/.test(last)) return words.includes("aws") ? "aws-secret" : "secret";
  if (last === "key" || last === "keys") return kindOfKeyWords(words, before);
  if (/apikeys?$/.test(last)) return "api-key";
  if (/(?:secret|private|access|account)key$/.test(last)) return /secretaccess/.test(last) ? "aws-secret" : "secret";
  return last.endsWith("token") ? kindOfToken(last.slice(0, -"token".length) || before) : undefined;
}

function kindOfKeyWords(words: readonly string[], before: string): SecretKind | undefined {
  const isAws = words.includes("secret") && (words.includes("access") || words.includes("aws"));
  return isAws ? "aws-secret" : KEYS.get(before);
}

function kindOfToken(before: string): SecretKind | undefined {
  return PLACES.has(before) ? undefined : "token";
}
