// What an SDK costs: how much later a hook that does nothing ends than an empty program of its language, and what one parse takes.
//
// Both programs are started in the same run, one after the other, again and again: compare the difference, not the milliseconds of
// somebody's machine. stdin is a file, as the dispatcher hands it over, and a pipe, as other agents do.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, printTable } from "./table.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STARTS = 41;
/** What a hook may cost more than an empty program, in milliseconds; a language without a limit is only reported. */
const LIMITS = { python: 5, node: 5, deno: 5, ruby: 5, go: 1, rust: 1 };
const PARSES = [
  { name: "400 B", bytes: 400, rounds: 20_000 },
  { name: "200 KB", bytes: 200_000, rounds: 200 },
];

/** A finished tool call as JSON of about so many bytes; what makes it long is what makes real ones long, the tool's output. */
function payload(bytes) {
  const event = {
    schema_version: 1,
    event_id: "0a1b2c3d-0000-4000-8000-000000000001",
    timestamp: "2026-01-01T00:00:00.000Z",
    session_id: "0199f3c4-0000-7c20-b2a4-5a0c2f8d9e00",
    cwd: "/home/dev/project",
    hook_event_name: "PostToolUse",
    xcodex_event_type: "tool-call-finished",
    transcript_path: "",
    permission_mode: "default",
    tool_name: "exec_command",
    tool_response: { stdout: "" },
  };
  const line = 'src/parser.rs:17: let token = next("\\t")?; // é\n';
  event.tool_response.stdout = "x".repeat(Math.max(0, Math.min(bytes - JSON.stringify(event).length, 200)));
  while (JSON.stringify(event).length < bytes - 60) event.tool_response.stdout += line.repeat(Math.ceil(bytes / 5000));
  return JSON.stringify(event);
}

function languages() {
  return readdirSync(join(ROOT, "packages"))
    .map((name) => join(ROOT, "packages", name))
    .filter((folder) => readdirSync(folder).includes("language.json"))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "language.json"), "utf8")) }));
}

function environment(folder) {
  const path = [join(folder, "node_modules", ".bin"), join(ROOT, "node_modules", ".bin"), process.env.PATH].join(
    delimiter,
  );
  const env = { ...process.env, PATH: path, DENO_NO_UPDATE_CHECK: "1" };
  delete env.XCODEX_HOOKS_REPLIES;
  return env;
}

function absent({ folder, manifest }) {
  const env = environment(folder);
  const isThere = ({ program, version = ["--version"] }) =>
    spawnSync(program, version, { env, stdio: "ignore" }).status === 0;
  return manifest.requires.filter((requirement) => !isThere(requirement)).map(({ program }) => program);
}

/** Runs a command in a language's folder and returns what it printed. */
function run([program, ...args], folder, stdin = "ignore") {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env: environment(folder),
    stdio: [stdin, "pipe", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with ${status}: ${error ?? stderr}`);
  return stdout;
}

/** Milliseconds from the start of a program to its end, with the payload as its stdin. */
function timeOf(argv, folder, file, input) {
  // The shell and `cat` are there for both programs, so they cancel out in the difference.
  const piped = ["sh", "-c", 'file=$0; cat "$file" | "$@"', file, ...argv];
  const stdin = openSync(file, "r");
  const started = performance.now();
  if (input === "file") run(argv, folder, stdin);
  else run(piped, folder);
  const took = performance.now() - started;
  closeSync(stdin);
  return took;
}

/** Interleaved, so that a slow moment of the machine hits both. */
function startOf({ folder, manifest }, file, input) {
  const times = { empty: [], hook: [] };
  for (let round = 0; round < STARTS; round++) {
    for (const program of ["empty", "hook"]) times[program].push(timeOf(manifest.bench[program], folder, file, input));
  }
  const empty = median(times.empty);
  const hook = median(times.hook);
  // Of neighbours, so that the machine's mood cancels out.
  const more = median(times.hook.map((time, at) => time - times.empty[at]));
  return { empty, hook, more };
}

const microseconds = (nanoseconds) => `${(nanoseconds / 1000).toFixed(nanoseconds < 100_000 ? 1 : 0)} µs`;
const milliseconds = (value) => `${value.toFixed(1)} ms`;

function measure(language, files) {
  for (const command of language.manifest.bench.build) run(command, language.folder);
  const starts = { file: startOf(language, files.small, "file"), pipe: startOf(language, files.small, "pipe") };
  const parses = PARSES.map(({ bytes, rounds }) =>
    Number(run([...language.manifest.bench.parse, files[bytes], String(rounds)], language.folder)),
  );
  return { ...language, starts, parses };
}

function main(folder) {
  const files = { small: join(folder, "400.json") };
  for (const { bytes } of PARSES) {
    files[bytes] = join(folder, `${bytes}.json`);
    writeFileSync(files[bytes], payload(bytes));
  }
  writeFileSync(files.small, payload(400));
  const results = [];
  for (const language of languages()) {
    const programs = absent(language);
    if (programs.length > 0)
      console.log(`skipped: ${programs.join(", ")} not found, so ${language.manifest.title} was not measured`);
    else results.push(measure(language, files));
  }
  report(results);
}

function report(results) {
  console.log(`\nStart of a hook, median of ${STARTS} starts\n`);
  const limit = (id) => (LIMITS[id] === undefined ? "none" : `+${LIMITS[id]} ms`);
  printTable(
    ["language", "empty program", "with the SDK", "more (file)", "more (pipe)", "limit"],
    results.map(({ manifest, starts: { file, pipe } }) => [
      manifest.title,
      milliseconds(file.empty),
      milliseconds(file.hook),
      `+${milliseconds(file.more)}`,
      `+${milliseconds(pipe.more)}`,
      limit(manifest.id),
    ]),
  );
  console.log("\nOne parse\n");
  printTable(
    ["language", ...PARSES.map(({ name }) => name)],
    results.map(({ manifest, parses }) => [manifest.title, ...parses.map(microseconds)]),
  );
  for (const { manifest, starts } of results) {
    if (!(starts.file.more > LIMITS[manifest.id])) continue;
    console.log(
      `\n${manifest.title} is over its limit: +${milliseconds(starts.file.more)}, at most ${limit(manifest.id)}.`,
    );
    process.exitCode = 1;
  }
}

const folder = mkdtempSync(join(tmpdir(), "xcodex-bench-"));
try {
  main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
