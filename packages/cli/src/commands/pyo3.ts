import type { Command } from "commander";
import type { Verb } from "../verb.ts";

/** Where the commands of the first xcodex went. */
const MOVED: Readonly<Record<string, string>> = { doctor: "doctor pyo3", bootstrap: "build pyo3" };

/** `pyo3 doctor`, `pyo3 bootstrap`: how the first xcodex spelled `doctor pyo3` and `build pyo3`. Not listed. */
export const verb: Verb = {
  define(command: Command): void {
    command.argument("[command]", "doctor or bootstrap").allowUnknownOption().allowExcessArguments();
  },

  async run([name = ""], _options, context): Promise<number> {
    const now = Object.hasOwn(MOVED, name) ? [MOVED[name]] : Object.values(MOVED);
    context.print("This command has moved.");
    for (const command of now) context.print(`Use: xcodex hooks ${command}`);
    return 0;
  },
};
