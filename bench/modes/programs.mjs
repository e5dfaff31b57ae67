// Starts what is measured, each time a process of its own, and returns the JSON object that it prints.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const AGENT = fileURLToPath(new URL("./agent.mjs", import.meta.url));

/** An agent with a dispatcher: `job.mode` names a function of agent.mjs, the rest is for it. */
export function runAgent(job, env = {}) {
  return withFolder((folder) =>
    run(process.execPath, ["--expose-gc", AGENT, JSON.stringify({ ...job, codexHome: folder })], { env }),
  );
}

/** The original's method: a command of `bench-original` with its `--name value` pairs. */
export function runOriginal({ original, python }, command, values) {
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // Only where Python is embedded: a program that it starts must find its own things.
  const { PYTHONHOME, ...libraries } = python.env;
  const env = command === "pyo3" ? { PYTHONHOME, ...libraries } : libraries;
  return run(original, [command, ...args], { env });
}

/**
 * Runs a program to its end; `stdin` is a file descriptor.
 *
 * @throws Error with the last line of its stderr when it fails
 */
export function run(program, args, { env = {}, stdin = "ignore" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: [stdin, "pipe", "pipe"] });
    const printed = textOf(child.stdout);
    const complaints = textOf(child.stderr);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(JSON.parse(printed.text));
      reject(new Error(complaints.text.trim().split("\n").at(-1) || `${program} ended with ${code ?? signal}.`));
    });
  });
}

function textOf(stream) {
  const read = { text: "" };
  stream.setEncoding("utf8").on("data", (piece) => {
    read.text += piece;
  });
  return read;
}

/** A new folder, there as long as something runs in it. */
export async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "xcodex-bench-"));
  try {
    return await use(folder);
  } finally {
    // A launcher may write a last record while its folder goes.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
