/** Where a request may go: over https, or without it to this machine; and from there on to nowhere but the same server. */
import { isPrivate } from "../../http-rules.ts";

/** What becomes of a redirect: the address that may be followed, or where it points and why that is not. */
export type Redirect = { readonly follow: URL } | { readonly refused: string };

/**
 * Judges a redirect. Followed are those that keep method and body (307 and 308), on the same host and port, and never from https to http:
 * nothing is sent to a server that the configuration does not name.
 */
export function redirectFrom(from: URL, status: number, location: string): Redirect {
  if (!URL.canParse(location, from.href)) return { refused: "an address that is none" };
  const to = new URL(location, from);
  const where = `"${to.origin}"`;
  // A port that is not written is the one of the scheme: from there to that of the better scheme is no other server.
  if (!isPrivate(to) || to.hostname !== from.hostname || to.port !== from.port) return { refused: where };
  if (from.protocol === "https:" && to.protocol !== "https:") return { refused: where };
  if (status !== 307 && status !== 308) return { refused: `another page of ${where}, without what was sent` };
  return { follow: to };
}
