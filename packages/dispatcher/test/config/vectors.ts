import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const CONFORMANCE = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..", "conformance");

/** The vectors of one folder of `conformance/`, with the names of their files. */
export function vectorsOf<V>(folder: string): (V & { readonly name: string })[] {
  const files = readdirSync(join(CONFORMANCE, folder)).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => ({ name: file.replace(/\.json$/, ""), ...readVector<V>(folder, file) }));
}

/** The schema that the vectors of a folder follow. */
export function schemaOf(folder: string): object {
  return readVector<object>("schemas", `${folder}.schema.json`);
}

function readVector<V>(folder: string, file: string): V {
  return JSON.parse(readFileSync(join(CONFORMANCE, folder, file), "utf8")) as V;
}
