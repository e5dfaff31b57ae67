import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { VERBS } from "../dist/commands/index.js";
import { readScript, runScript, updateScript } from "./script.ts";

const SCRIPTS = fileURLToPath(new URL("scripts", import.meta.url));
const COMMANDS = fileURLToPath(new URL("../src/commands", import.meta.url));

/** A script starts the program dozens of times, and others run beside it. */
const SCRIPT_MS = 120_000;

const scripts = readdirSync(SCRIPTS).filter((file) => file.endsWith(".txt"));
const verbs = readdirSync(COMMANDS)
  .map((file) => basename(file, ".ts"))
  .filter((name) => name !== "index");

describe("every verb", () => {
  it("is a file of src/commands and a line of the registry", () => {
    expect(Object.keys(VERBS).sort()).toEqual([...verbs].sort());
  });

  it.each(verbs)("%s has a script", (verb) => {
    expect(scripts.filter((script) => script.startsWith(verb))).not.toEqual([]);
  });
});

describe("the built program does what its scripts say", () => {
  it.concurrent.each(scripts)(
    "%s",
    async (name) => {
      const file = join(SCRIPTS, name);
      const script = readScript(file);
      const transcript = await runScript(script);
      if (process.env.UPDATE_SCRIPTS) updateScript(file, script, transcript);
      else expect(transcript).toBe(script.expected);
    },
    SCRIPT_MS,
  );
});
