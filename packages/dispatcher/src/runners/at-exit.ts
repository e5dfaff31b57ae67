/**
 * What must happen when this very process exits: short, synchronous, and for as long as it is wanted only. Before everything else that
 * happens then: what is handed to the launcher here has to be seen by what looks after the line to it.
 */

const acts = new Set<() => void>();
let watching = false;

/** Calls `act` when the process exits. Returns how to take that back. One listener for all, however many there are. */
export function atExit(act: () => void): () => void {
  acts.add(act);
  if (!watching) {
    watching = true;
    process.prependListener("exit", () => {
      for (const each of acts) each();
    });
  }
  return () => void acts.delete(act);
}
