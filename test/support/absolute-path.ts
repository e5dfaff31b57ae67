import { delimiter, isAbsolute } from "node:path";

/** A PATH without its relative folders: package managers put some there, and they are what `doctor` warns of. */
export function absolutePath(path = ""): string {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .join(delimiter);
}
