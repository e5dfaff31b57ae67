import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forEachLanguage, installSamples, SAMPLES } from "./support/install.ts";
import { toolCall } from "./support/payloads.ts";
import { fakeNotifier, read, runHook } from "./support/run.ts";

/** What `story.json` says: a hook, how it is configured, an event, and what the hook must do with it. */
interface Story {
  readonly story: string;
  readonly config: readonly string[];
  readonly argv: { readonly python: readonly string[]; readonly node: readonly string[] };
  readonly event: unknown;
  readonly expect: {
    readonly exit: number;
    readonly stderr: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly notified?: readonly string[];
  };
}

const folders = readdirSync(join(SAMPLES, "external"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared")
  .map((entry) => entry.name);

it("tells a story in every folder", () => {
  expect(folders).toEqual(["approval-notify", "guard-rm-rf", "log-all-jsonl", "tool-call-summary"]);
});

describe.each(folders)("%s", (folder) => {
  const story = JSON.parse(readFileSync(join(SAMPLES, "external", folder, "story.json"), "utf8")) as Story;

  it("is told in the README as it is", () => {
    const readme = readFileSync(join(SAMPLES, "README.md"), "utf8");
    const argv = `["${story.argv.python.join('", "').replace("{{hooks}}", "/home/dev/.codex/hooks")}"]`;
    const outputs = [...Object.values(story.expect.files ?? {}), story.expect.stderr].filter((text) => text !== "");
    for (const text of [
      story.story,
      `\`\`\`toml\n${story.config.join("\n").replace("{{argv}}", argv)}\n\`\`\``,
      ...outputs,
    ]) {
      expect(readme).toContain(text);
    }
  });

  forEachLanguage((language) => {
    it(story.story, async () => {
      const home = installSamples();
      const notifier = fakeNotifier("notify-send");
      const [, file = ""] = story.argv[language.name];
      const name = file.replace("{{hooks}}/", "").replace(`.${language.ending}`, "");
      const ran = await runHook(language, name, story.event, { home, env: { XCODEX_NOTIFY_BIN: notifier.path } });
      expect(ran).toEqual({ code: story.expect.exit, stdout: "", stderr: story.expect.stderr });
      for (const [log, text] of Object.entries(story.expect.files ?? {})) expect(read(home, log)).toBe(text);
      expect(notifier.calls().map((call) => call.args)).toEqual(story.expect.notified ? [story.expect.notified] : []);
    });
  });
});

forEachLanguage((language) => {
  it("the hook that the README says to write runs", async () => {
    const fence = language.name === "python" ? "python" : "js";
    const readme = readFileSync(join(SAMPLES, "README.md"), "utf8");
    const [, code = ""] = new RegExp(`\`\`\`${fence}\\n([^]*?)\`\`\``).exec(readme) ?? [];
    const home = installSamples();
    writeFileSync(join(home, "hooks", `own.${language.ending}`), code);
    const asked = (tool_name: string) => runHook(language, "own", toolCall({}, { tool_name }), { home });
    expect(await asked("WebFetch")).toEqual({ code: 2, stdout: "", stderr: "No web today.\n" });
    expect(await asked("Bash")).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
