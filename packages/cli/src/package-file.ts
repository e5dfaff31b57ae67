import { fileURLToPath } from "node:url";

/**
 * Absolute path of a file of this package. Stands at the top of the sources, because built and bundled code both lie one folder
 * below the package.
 */
export function packageFile(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
