import { createReadStream, statSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Context } from "./context.ts";
import { CliError, systemReason } from "./errors.ts";

/** What a verb was told to read. */
export interface InputFile {
  readonly stream: Readable;
  /** In bytes; undefined for standard input. */
  readonly size: number | undefined;
}

/**
 * Opens a file that a user named; `-` is standard input.
 *
 * @throws CliError `unreadable_file`
 */
export async function openInput(file: string, context: Pick<Context, "stdin">): Promise<InputFile> {
  if (file === "-") return { stream: context.stdin, size: undefined };
  try {
    const stream = createReadStream(file);
    await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
    const found = statSync(file);
    if (found.isDirectory()) throw new Error("it is a folder");
    return { stream, size: found.size };
  } catch (error) {
    throw new CliError("unreadable_file", `Cannot read "${file}": ${systemReason(error)}. Check the path.`);
  }
}
