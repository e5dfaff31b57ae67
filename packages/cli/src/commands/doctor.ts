import { HooksError, hooksPaths, loadConfig, nearest, resolveCodexHome } from "@xcodex/hooks-dispatcher";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { common } from "../doctor/common.ts";
import { homeFinding } from "../doctor/home.ts";
import { SECTIONS } from "../doctor/index.ts";
import type { DoctorOptions, Patient, Section } from "../doctor/section.ts";
import { CliError } from "../errors.ts";
import { type Finding, findingCounts, findingLine, hasFailed } from "../finding.ts";
import { loadOptions } from "../load-options.ts";
import type { Verb } from "../verb.ts";

const ALL = "all";

/** What was found, by section. */
type Found = readonly (readonly [name: string, findings: readonly Finding[]])[];

const HELP = `
Programs are looked up and interpreters really run; scripts are read by theirs, and not run. Nothing is written. Where nothing is
configured, that is said, and is no failure.
Exit codes: 0 nothing is marked FAIL, 1 something is, 2 the command line was wrong.`;

/** `doctor`: checks what hooks need, and says what to do about what is not as it should be. */
export const verb: Verb<DoctorOptions> = {
  define(command: Command): void {
    const targets = Object.entries(SECTIONS).map(([name, { summary }]) => `  ${name}: ${summary}`);
    command
      .argument("<target>", `what to check: ${[...Object.keys(SECTIONS), ALL].join(", ")}`)
      .option("--python <python>", "pyo3: the Python to build for (default: $PYO3_PYTHON, else python3)")
      .option("--install-dir <folder>", "pyo3: where the addon is (default: CODEX_HOME/bin)")
      .option("--bin-name <name>", "pyo3: what the launcher is called (default: xcodex-pyo3)")
      .option("--json", "print as JSON")
      .addHelpText("after", ["\nTargets:", ...targets, HELP].join("\n"));
  },

  async run([name = ""], options, context): Promise<number> {
    const wanted = sectionsFor(name);
    const found = await examine(wanted, options, context);
    const findings = found.flatMap(([, some]) => some);
    if (options.json) context.print(JSON.stringify(asJson(found), null, 2));
    else context.print(asText(found, name === ALL));
    return hasFailed(findings) ? 1 : 0;
  },
};

function sectionsFor(name: string): Readonly<Record<string, Section>> {
  if (name === ALL) return SECTIONS;
  const section = Object.hasOwn(SECTIONS, name) ? SECTIONS[name] : undefined;
  if (section) return { [name]: section };
  const names = [...Object.keys(SECTIONS), ALL];
  const near = nearest(name, names);
  const advice = near ? `Did you mean "${near}"?` : `Targets: ${names.join(", ")}.`;
  throw new CliError("unknown_target", `Cannot check "${name}": there is no such target. ${advice}`);
}

async function examine(
  sections: Readonly<Record<string, Section>>,
  options: DoctorOptions,
  context: Context,
): Promise<Found> {
  const codexHome = homeOf(context);
  if (typeof codexHome !== "string") return [["common", [codexHome]]];
  const config = await loadConfig({ codexHome, ...loadOptions(context) });
  const patient: Patient = { config, paths: hooksPaths(codexHome), options, context };
  const all = Object.entries({ common, ...sections });
  return Promise.all(all.map(async ([name, section]) => [name, await section.check(patient)] as const));
}

/** Without a CODEX_HOME there is nothing to look at, and that is a finding too. */
function homeOf({ env }: Context): string | Finding {
  try {
    return resolveCodexHome(env);
  } catch (error) {
    if (error instanceof HooksError) return homeFinding(error.message);
    throw error;
  }
}

function asText(found: Found, headed: boolean): string {
  const parts = found.map(([name, findings]) => {
    const lines = findings.map(findingLine);
    return [...(headed ? [`== ${name} ==`] : []), ...lines].join("\n");
  });
  const counts = findingCounts(found.flatMap(([, findings]) => findings));
  return `${parts.join(headed ? "\n\n" : "\n")}\n\n${counts}.`;
}

function asJson(found: Found): object {
  return {
    ok: !hasFailed(found.flatMap(([, findings]) => findings)),
    sections: Object.fromEntries(found),
  };
}
