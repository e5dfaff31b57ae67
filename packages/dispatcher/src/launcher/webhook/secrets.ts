/** What a server was sent in confidence, and that must not come back in its answer: some servers tell everything that they got. */
import type { Answer } from "../../answer.ts";
import type { WebhookRun } from "../../contracts.ts";

/** Shorter words are no secrets, but stand everywhere. */
const SHORTEST_SECRET = 8;

/** An answer with `[NAME]` where what its server had from the header, or under the key of the query, NAME stood. */
export function withoutSecrets(answer: Answer, { webhook: { url, headers } }: WebhookRun): Answer {
  const said = answer.kind === "block" ? answer.reason : answer.kind === "unreadable" ? answer.why : undefined;
  if (said === undefined) return answer;
  const query = URL.canParse(url) ? [...new URL(url).searchParams] : [];
  const known = [...Object.entries(headers), ...query]
    // The scheme before a token is none.
    .flatMap(([name, value]) => value.split(/\s+/).map((word) => [name, word] as const))
    .filter(([, word]) => word.length >= SHORTEST_SECRET)
    // One may be a part of another.
    .sort(([, one], [, other]) => other.length - one.length);
  const hidden = known.reduce((text, [name, word]) => text.replaceAll(word, () => `[${name}]`), said);
  if (hidden === said) return answer;
  return answer.kind === "block" ? { ...answer, reason: hidden } : { kind: "unreadable", why: hidden };
}
