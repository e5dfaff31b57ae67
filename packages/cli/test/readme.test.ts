import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { VERBS } from "../dist/commands/index.js";
import { readScript } from "./script.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

const readme = read("../README.md");
const fences = [...readme.matchAll(/^```console\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
const transcripts = readdirSync(fileURLToPath(new URL("scripts", import.meta.url)))
  .map((name) => readScript(fileURLToPath(new URL(`scripts/${name}`, import.meta.url))).expected)
  .join("");

/** What a reader sees, as the scripts have it. */
function asTranscript(fence: string): string {
  return fence
    .replaceAll("/home/dev/.codex", "[CODEX_HOME]")
    .replaceAll("/home/dev/project", "[WORK]")
    .replaceAll("/home/dev/bin", "[ROOT]/bin")
    .replaceAll("/usr/bin/node", "[NODE]")
    .replace(/\b(Node|Python) \d+\.\d+\.\d+/g, "$1 [VERSION]");
}

describe("the README", () => {
  it.each(Object.keys(VERBS))("explains %s", (verb) => {
    expect(readme).toMatch(new RegExp(`^## .*\`${verb}\``, "m"));
  });

  it.each(fences)("shows what the program prints: %s", (fence) => {
    expect(transcripts).toContain(asTranscript(fence));
  });
});
