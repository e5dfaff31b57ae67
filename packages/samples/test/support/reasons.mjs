// Says why commands should not run: one JSON request per line on stdin, one JSON answer per line on stdout. The folder
// with the installed modules is the first argument.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { whyNot } = await import(pathToFileURL(join(process.argv[2], "recursive_delete.mjs")).href);
for (const line of readFileSync(0, "utf8").trimEnd().split("\n")) {
  const { command, cwd, home } = JSON.parse(line);
  console.log(JSON.stringify(whyNot(command, cwd, home) ?? null));
}
