import * as registry from "./wires/index.ts";
import type { Wire } from "./wires/wire.ts";

/** Every wire, by name. */
export const WIRES: readonly Wire[] = Object.values<Wire>(registry);

/** Finds a wire by its name. */
export function findWire(name: string): Wire | undefined {
  return WIRES.find((wire) => wire.name === name);
}
