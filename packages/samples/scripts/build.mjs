// Copies what samples share and nobody writes here:
//   dist/xcodex_hooks.mjs   the built Node SDK, one file
//   dist/xcodex_hooks/      the Python SDK, the files that its manifest installs
//   dist/examples/          hooks.toml and its hooks, which are in the repository's root, where seed 003 has them
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = new URL("../dist/", import.meta.url);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
copyFileSync(fileURLToPath(import.meta.resolve("@xcodex/hooks")), new URL("xcodex_hooks.mjs", dist));

const python = new URL(".", import.meta.resolve("@xcodex/hooks-sdk-python/package.json"));
const { sdks } = JSON.parse(readFileSync(new URL("language.json", python), "utf8"));
for (const { from, to } of sdks.flatMap(({ files }) => files).filter(({ to }) => to.startsWith("xcodex_hooks/"))) {
  const target = new URL(to, dist);
  mkdirSync(new URL(".", target), { recursive: true });
  copyFileSync(new URL(from, python), target);
}

const { sets } = JSON.parse(readFileSync(new URL("../manifest.json", import.meta.url), "utf8"));
for (const { from } of sets["hooks-toml"].files) {
  const target = new URL(`../${from}`, import.meta.url);
  mkdirSync(new URL(".", target), { recursive: true });
  copyFileSync(new URL(from.replace("dist/", "../../../"), import.meta.url), target);
}
