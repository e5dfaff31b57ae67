import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tempFolder } from "../support/temp.ts";
import { expand, type Generators, textOf } from "./vectors.ts";

/** A file as a vector describes it. */
export interface FileSpec {
  readonly json?: unknown;
  readonly text?: unknown;
  readonly base64?: string;
  readonly directory?: true;
  readonly fifo?: true;
  readonly symlink?: string;
}

/** A new folder with the files of a vector, and the generators that speak of them. */
export function makeFiles(files: Readonly<Record<string, FileSpec>> = {}): Generators {
  const folder = tempFolder("vector");
  const generators: Generators = {
    $path: (name) => join(folder, String(name)),
    $bytes: (name) => readFileSync(join(folder, String(name))).length,
    $sha256: (name) => sha256(join(folder, String(name))),
    $sha256_upper: (name) => sha256(join(folder, String(name))).toUpperCase(),
  };
  for (const [name, spec] of Object.entries(files)) make(join(folder, name), spec, generators);
  return generators;
}

function make(path: string, spec: FileSpec, generators: Generators): void {
  mkdirSync(dirname(path), { recursive: true });
  if (spec.directory) mkdirSync(path);
  else if (spec.fifo) execFileSync("mkfifo", [path]);
  else if (spec.symlink !== undefined) symlinkSync(join(dirname(path), spec.symlink), path);
  else if (spec.base64 !== undefined) writeFileSync(path, Buffer.from(spec.base64, "base64"));
  else if (spec.text !== undefined) writeFileSync(path, textOf(spec.text));
  else writeFileSync(path, JSON.stringify(expand(spec.json, generators)));
}

function sha256(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
