import { distance } from "fastest-levenshtein";

/**
 * The name that was probably meant, or undefined when none is near. Case, hyphens, underscores and dots count little: they are
 * what people mix up. A third of a name may be wrong, at most four letters; two in a short name. A name that only one valid one
 * begins with is taken for that (`timeout` for `timeout_sec`).
 */
export function nearest(name: string, valid: readonly string[]): string | undefined {
  const most = Math.min(4, Math.max(name.length < 4 ? 1 : 2, Math.floor(name.length / 3)));
  let best: string | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const candidate of valid) {
    if (candidate === name || Math.abs(candidate.length - name.length) > most) continue;
    const letters = edits(plain(name), plain(candidate));
    const score = letters + distance(name, candidate) / 100;
    if (letters <= most && score < bestScore) [best, bestScore] = [candidate, score];
  }
  return best ?? onlyOneThatBeginsWith(name, valid);
}

/** Letters to change; two that stand in each other's place count as one, because that is one slip of the fingers. */
function edits(a: string, b: string): number {
  const letters = distance(a, b);
  return letters === 2 && [...a].sort().join() === [...b].sort().join() ? 1 : letters;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, "");
}

function onlyOneThatBeginsWith(name: string, valid: readonly string[]): string | undefined {
  if (name.length < 3) return undefined;
  const found = valid.filter((candidate) => candidate !== name && candidate.startsWith(name));
  return found.length === 1 ? found[0] : undefined;
}
