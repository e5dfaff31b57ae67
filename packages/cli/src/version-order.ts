/**
 * Which of two versions is newer: below 0 when `a` is older, 0 when they are equal, above 0 when `a` is newer. As semantic versions
 * are ordered; build metadata does not count.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  return compareParts(left.release, right.release) || comparePreReleases(left.pre, right.pre);
}

interface Version {
  readonly release: readonly string[];
  /** Empty for a release. */
  readonly pre: readonly string[];
}

function parse(version: string): Version {
  const [text = ""] = version.split("+");
  const dash = text.indexOf("-");
  if (dash < 0) return { release: text.split("."), pre: [] };
  return { release: text.slice(0, dash).split("."), pre: text.slice(dash + 1).split(".") };
}

/** What comes before a release is older than it. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  return compareParts(a, b);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = comparePart(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers by their size, and below words; what is not there is below both. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [left, right] = [isNumber(a), isNumber(b)];
  if (left && right) return Number(a) - Number(b);
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
