// `npm run bench [name …]`: install, build, then every benchmark (or those named), one after another: they must not disturb each other.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { installAndBuild, ROOT, run, step } from "./workspace.mjs";

const wanted = process.argv.slice(2);
const all = readdirSync(join(ROOT, "bench"))
  .filter((file) => file.endsWith(".bench.mjs"))
  .map((file) => file.replace(".bench.mjs", ""));

installAndBuild();
for (const name of wanted.length > 0 ? wanted : all) {
  step(name);
  if (!run(process.execPath, [join(ROOT, "bench", `${name}.bench.mjs`)])) process.exitCode = 1;
}
