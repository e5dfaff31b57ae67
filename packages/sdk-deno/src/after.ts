/**
 * Calls back after so many milliseconds, while something else keeps the process alive; returns how to stop. Not `setTimeout`: the
 * first one takes 4 ms.
 */
export function after(ms: number, callback: () => void): () => void {
  // Nobody else can wake up who waits here, so either the time has passed or it was told to stop.
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const { value } = Atomics.waitAsync(cell, 0, 0, ms);
  Promise.resolve(value).then((why) => (why === "timed-out" ? callback() : undefined));
  return () => void Atomics.notify(cell, 0);
}
