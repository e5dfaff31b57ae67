/** What a secret is called in its label. Patterns of the user's bring kinds of their own. */
export type SecretKind =
  | "aws-access-key"
  | "aws-secret"
  | "github-token"
  | "slack-token"
  | "openai-key"
  | "anthropic-key"
  | "google-key"
  | "gitlab-token"
  | "stripe-key"
  | "npm-token"
  | "hugging-face-token"
  | "webhook-secret"
  | "jwt"
  | "pem"
  | "authorization"
  | "password"
  | "secret"
  | "token"
  | "api-key";

/** A stretch of a text that must not go out: from `start` up to but not including `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** "" for a stretch that was looked at and is to stay: a label that stands there already. */
  readonly kind: string;
  /** Put around the label, where a bare number of JSON becomes a text. */
  readonly quote?: string;
}

/** How the label of a secret looks: its kind, and a number that counts from 1 per kind. */
export const LABEL: RegExp = /\[redacted:[a-z0-9-]{1,64}:\d{1,15}\]/y;

/** The end of the label that stands at a place; undefined when there is none. */
export function labelEnd(text: string, at: number): number | undefined {
  LABEL.lastIndex = at;
  return LABEL.test(text) ? LABEL.lastIndex : undefined;
}
