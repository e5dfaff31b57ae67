/** Where requests may go: over HTTPS, or to this very machine (seed 003, "Network Security"). */
import { hasUser, isPrivate } from "../http-rules.ts";

/** Why a URL cannot be used, with the code of the problem. */
export interface BadUrl {
  readonly code: "bad_url" | "insecure_url";
  /** What is wrong, after `its url …`. Not the URL itself: secrets may stand in it. */
  readonly state: string;
  /** What to do. */
  readonly fix: string;
}

/** Checks a URL; undefined when it can be used. */
export function badUrl(text: string): BadUrl | undefined {
  const bad = (state: string, fix: string): BadUrl => ({ code: "bad_url", state, fix });
  if (!URL.canParse(text)) return bad("is no URL", "Write it whole, https:// and all");
  const url = new URL(text);
  if (hasUser(url)) {
    return bad("has a name or a password in it", "Send it in a header instead, from a variable");
  }
  if (isPrivate(url)) return undefined;
  if (url.protocol !== "http:") return bad(`begins with "${url.protocol}"`, "Write https://");
  const state = `goes to "${url.host}" without encryption`;
  return { code: "insecure_url", state, fix: "Write https://; http:// is for this machine only" };
}
