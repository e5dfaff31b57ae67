/**
 * `${NAME}` in texts of a hook (seed 003): whether a variable stands behind every one. The texts are only checked here: what stands for them
 * is filled in when the hook runs, and is in no configuration.
 */
import type { Templates } from "../../contracts.ts";
import { type Filled, fill, fillTable, malformedIn, type Variables, variablesOf } from "../../template.ts";
import { quote } from "../problems.ts";
import type { Place } from "../toml.ts";
import type { HookReading } from "./reading.ts";

/** A text with its place. `name` is what it is called in messages: `url`, `environment.API_KEY`. */
export interface Text {
  readonly name: string;
  readonly text: string;
  readonly at: Place;
}

/** Checks the variables of a table that may be made of each other; whether all are there. */
export function checkTable(texts: readonly Text[], table: Templates, reading: HookReading): boolean {
  const filled = fillTable(table, reading.env);
  return texts.map(({ name, text, at }) => check({ name, text, at }, filled[lastPart(name)], reading)).every(Boolean);
}

/** A text filled in, to look at and not to keep: undefined when a variable is not there, which is reported for hooks that are on. */
export function filledIn(text: Text, environment: Templates | undefined, reading: HookReading): string | undefined {
  const filled = fill(text.text, variables(environment, reading));
  return check(text, filled, reading) && filled.missing.length === 0 ? filled.text : undefined;
}

function variables(environment: Templates | undefined, { env }: HookReading): Variables {
  return variablesOf(environment, env);
}

function lastPart(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** Whether a text can be used; a hook that is off may name variables that nobody has set yet. */
function check({ name, text, at }: Text, filled: Filled | undefined, { what, problems, on }: HookReading): boolean {
  const malformed = malformedIn(text);
  if (malformed !== undefined) {
    const message = `Cannot use ${what}: its ${name} has "\${" and then ${quote(malformed)}, which is no variable. Write \${NAME}, or $\${ for a plain \${.`;
    problems.error("bad_variable", at, message);
    return false;
  }
  const circular = filled?.missing.find(({ why }) => why === "circular");
  if (circular) {
    const message = `Cannot use ${what}: its ${name} is circular, \${${circular.name}} stands for itself by way of others. Take one of them away.`;
    problems.error("circular_variable", at, message);
    return false;
  }
  const long = filled?.missing.find(({ why }) => why === "too_long");
  if (long) {
    const message = `Cannot use ${what}: its ${name} needs ${long.name}, which becomes longer than 64 KiB. Make it of fewer others.`;
    problems.error("bad_variable", at, message);
    return false;
  }
  const unset = new Set(filled?.missing.map((missing) => missing.name));
  if (!on || unset.size === 0) return true;
  const names = [...unset].join(" and ");
  const state = unset.size === 1 ? "which is not set" : "which are not set";
  const message = `Cannot use ${what}: its ${name} needs ${names}, ${state}. Set ${names} where the agent is started.`;
  problems.error("unset_variable", at, message);
  return false;
}
