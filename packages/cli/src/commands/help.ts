import { nearest } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import { CliError } from "../errors.ts";
import { MODES } from "../modes.ts";
import { packageFile } from "../package-file.ts";
import { loadSamples } from "../samples.ts";
import { loadSdks } from "../sdks.ts";
import { pairs } from "../ui/table.ts";
import type { Verb } from "../verb.ts";
import { VERBS } from "./index.ts";

/** `help`: the commands, the modes, the SDKs, the sample sets and where the documentation is; or one command. */
export const verb: Verb = {
  define(command: Command): void {
    command.argument("[command]", "the command to explain");
  },

  async run([name], _options, context, command): Promise<number> {
    const hooks = command.parent;
    if (name === undefined) {
      context.print(`${hooks?.helpInformation().trimEnd()}\n\n${await more()}`);
      return 0;
    }
    const about = hooks?.commands.find((other) => other.name() === name);
    if (!about) throw unknown(name);
    about.outputHelp();
    return 0;
  },
};

function unknown(name: string): CliError {
  const near = nearest(name, Object.keys(VERBS));
  const advice = near ? `Did you mean "${near}"?` : "See: xcodex hooks help";
  return new CliError("unknown_command", `Cannot explain the command "${name}": there is none. ${advice}`);
}

async function more(): Promise<string> {
  return [
    "Modes (xcodex hooks init <mode>, xcodex hooks test <mode|all>):",
    ...indented(rows(MODES.map(({ id, title }) => [id, title]))),
    "",
    "SDKs (xcodex hooks install sdks <sdk>):",
    `  ${await sdkLine()}`,
    "",
    "Sample sets (xcodex hooks install samples <set|all>):",
    ...indented(await sampleLines()),
    "",
    "Options of every command:",
    ...indented(
      rows([
        ["--no-hooks", "switch every hook off"],
        ["--enable-hooks", "read hooks.toml although config.json does not enable it"],
        ["--hooks-config <file>", "where hooks.toml is"],
        ["--context <key=value>", "what the agent says about its session, for conditions of hooks.toml"],
      ]),
    ),
    "Exit codes: 0 done, 1 something failed, 2 wrong usage (and a hook that blocked, for emit).",
    `Documentation: ${packageFile("README.md")}`,
  ].join("\n");
}

async function sdkLine(): Promise<string> {
  const ids = await orWhy(async () => (await loadSdks()).sdks.map(({ id }) => id));
  return ids.join(", ");
}

async function sampleLines(): Promise<readonly string[]> {
  return orWhy(async () => {
    const { sets } = await loadSamples();
    return rows(Object.entries(sets).map(([name, { title }]) => [name, title]));
  });
}

function rows(of: readonly (readonly [name: string, about: string])[]): readonly string[] {
  return pairs(of).split("\n");
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

/** Help has to help most where something is broken, so what is missing is only said here. */
async function orWhy(lines: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await lines();
  } catch (error) {
    if (error instanceof CliError) return [error.message];
    throw error;
  }
}
