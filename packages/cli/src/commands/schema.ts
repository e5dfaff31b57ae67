import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { readNamed } from "../files.ts";
import { parsePayload } from "../payload.ts";
import { count } from "../ui/printable.ts";
import type { Verb } from "../verb.ts";

interface SchemaOptions {
  readonly check?: string;
  readonly json?: true;
}

/** What to do about a file that is no schema. */
const GIVE_A_COPY = "Give a copy of hooks.schema.json.";

const HELP = `
With --check, the copy is the old version and ours the new one; what differs is shown by path, with what it means for readers.
Exit codes: 0 the schema was printed, or the copy says the same (but for texts); 1 the copy says something else.`;

/** `schema`: the schema of the events, or how somebody's copy of it differs. */
export const verb: Verb<SchemaOptions> = {
  define(command: Command): void {
    command
      .option("--check <file>", "compare a vendored copy with this version")
      .option("--json", "with --check: print the comparison as JSON")
      .addHelpText("after", HELP);
  },

  async run(_args, { check, json }, context): Promise<number> {
    const ours = await readFile(fileURLToPath(import.meta.resolve("@xcodex/hooks-schema/hooks.schema.json")));
    if (check === undefined) {
      context.printBytes(ours);
      return 0;
    }
    return compare(check, JSON.parse(ours.toString("utf8")), json === true, context);
  },
};

async function compare(file: string, ours: object, json: boolean, context: Context): Promise<number> {
  const { compareSchemas } = await import("@xcodex/hooks-schema/compat");
  const theirs = parsePayload(await readNamed(file), `the schema "${file}"`, GIVE_A_COPY);
  if (!("$schema" in theirs)) {
    throw new CliError("not_a_schema", `Cannot check "${file}": it has no "$schema". ${GIVE_A_COPY}`);
  }
  const { level, changes } = compareSchemas(theirs, ours);
  const same = level === "none" || level === "patch";
  if (json) {
    context.print(JSON.stringify({ file, level, changes }, null, 2));
    return same ? 0 : 1;
  }
  for (const change of changes) context.print(`${change.level} ${change.path || "(whole schema)"}: ${change.reason}`);
  if (level === "none") context.print(`${file} says the same as this version.`);
  else if (same) context.print(`${file} says the same as this version but for texts.`);
  else {
    context.note(
      `${file} is not this version: ${count(changes.length, "difference")}, ${level}. Take a new copy: xcodex hooks schema > ${file}`,
    );
  }
  return same ? 0 : 1;
}
