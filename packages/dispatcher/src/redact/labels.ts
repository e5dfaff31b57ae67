import { hash, randomBytes } from "node:crypto";

/** How many values keep their labels. */
const MOST_VALUES = 4_096;

/** Gives every value its label. */
export interface Labels {
  /** The label of a value: the same one as before, else the next number of its kind. Numbers are never used again. */
  readonly labelOf: (kind: string, value: string) => string;
}

/**
 * Starts giving labels. What is kept of a value is a hash with a random key, so that nobody can read it out of the process's memory or try
 * short secrets on it; of at most 4,096 values, those not seen for longest forgotten first.
 */
export function createLabels(): Labels {
  const key = randomBytes(32).toString("base64");
  const labels = new Map<string, string>();
  const counts = new Map<string, number>();
  const next = (kind: string): string => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `[redacted:${kind}:${count}]`;
  };
  return {
    labelOf: (kind, value) => {
      const hashed = hash("sha256", key + value, "base64");
      const label = labels.get(hashed) ?? next(kind);
      // A map remembers the order in which keys came: what is seen again goes to the end.
      labels.delete(hashed);
      labels.set(hashed, label);
      if (labels.size > MOST_VALUES) labels.delete(labels.keys().next().value as string);
      return label;
    },
  };
}
