import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { findProgram, pathOf } from "@xcodex/hooks-dispatcher";
import type { Context } from "../context.ts";
import { systemReason } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { runProgram, whatWentWrong } from "../programs.ts";
import { askInterpreter, type Interpreter, interpreterFinding, isBefore, versionText } from "./interpreter.ts";
import type { BuildSettings } from "./settings.ts";
import type { Crate } from "./sources.ts";

/** What is there of all that a build needs. */
export interface Prerequisites {
  /** One per thing that is needed, in the order in which the build needs them. */
  readonly findings: readonly Finding[];
  /** Absent when no Python gave an answer. */
  readonly interpreter?: Interpreter;
  /** Absent when no cargo was found. */
  readonly cargo?: string;
  readonly rustc?: string;
}

/** Bytes that cargo's files take up, with room to spare: a release build had 193 MB. */
const NEEDED_BYTES = 400 * 1024 * 1024;

/** A tool may first have to be found by its version manager. */
const VERSION_MS = 20_000;

/** Checks everything that a build needs, and says what to do about what is missing. Nothing is written anywhere. */
export async function checkPrerequisites(
  settings: BuildSettings,
  crate: Crate,
  context: Context,
): Promise<Prerequisites> {
  const [git, rust, python, linker, install, space] = await Promise.all([
    settings.sources.kind === "repository" ? checkGit(context) : undefined,
    checkRust(crate, context),
    checkPython(settings.python, context),
    checkLinker(context),
    checkWritable("install folder", settings.install_dir),
    checkSpace(settings.target_dir),
  ]);
  const findings = [...(git ? [git] : []), ...rust.findings, python.finding, linker, install, space];
  const { cargo, rustc } = rust;
  return {
    findings: findings.filter((finding) => finding !== undefined),
    ...(python.interpreter ? { interpreter: python.interpreter } : {}),
    ...(cargo ? { cargo } : {}),
    ...(rustc ? { rustc } : {}),
  };
}

async function checkGit(context: Context): Promise<Finding> {
  const found = await versionOf("git", context);
  return "version" in found
    ? ok("git", found.version)
    : fail("git", found.trouble, "Install it, or build the sources that come with this program (without --repo-url).");
}

async function checkRust(
  { rust_version: oldest }: Crate,
  context: Context,
): Promise<{ findings: readonly Finding[]; cargo?: string; rustc?: string }> {
  const install = `Install Rust ${versionText(oldest)} or newer with rustup`;
  const [cargo, rustc] = await Promise.all([versionOf("cargo", context), versionOf("rustc", context)]);
  const findings = [
    "version" in cargo
      ? ok("cargo", cargo.version)
      : fail("cargo", cargo.trouble, `${install}; cargo is a part of it.`),
    "version" in rustc ? rustcFinding(rustc.version, oldest) : fail("rustc", rustc.trouble, `${install}.`),
  ];
  return {
    findings,
    ...("version" in cargo ? { cargo: cargo.version } : {}),
    ...("version" in rustc ? { rustc: rustc.version } : {}),
  };
}

function rustcFinding(version: string, oldest: readonly number[]): Finding {
  if (!isOldRust(version, oldest)) return ok("rustc", version);
  const state = `${version}: it is older than ${versionText(oldest)}`;
  return fail(
    "rustc",
    state,
    "Run: rustup update stable. (Or install a newer Rust in the way you installed this one.)",
  );
}

/** Whether a Rust, as it prints its version, cannot compile a crate. */
export function isOldRust(version: string, oldest: readonly number[]): boolean {
  return isBefore(version.split(/[.-]/).map(Number), oldest);
}

async function checkPython(
  named: string | undefined,
  context: Context,
): Promise<{ finding: Finding; interpreter?: Interpreter }> {
  const program = named ?? defaultPython(context);
  const { state, path = program } = look(program, context);
  if (state !== "runnable") {
    const where = state === "missing" ? `${program} is ${whereNot(program)}` : `"${path}" may not be executed`;
    const advice = "Install Python 3.9 or newer with its shared library, or name one with --python.";
    return { finding: fail("python", where, advice) };
  }
  const answer = await askInterpreter(path, context.env);
  const finding = interpreterFinding(program, answer);
  return typeof answer === "string" ? { finding } : { finding, interpreter: answer };
}

/** The Python that is meant when nobody names one. */
export function defaultPython({ platform }: Pick<Context, "platform">): string {
  return platform === "win32" ? "python" : "python3";
}

/** Whether there is a Python of this name, or in this place. */
export function hasPython(program: string, context: Context): boolean {
  return look(program, context).state === "runnable";
}

/** Rust hands its object files to it. What it brings itself on Windows is its own business. */
async function checkLinker(context: Context): Promise<Finding | undefined> {
  if (context.platform === "win32") return undefined;
  const chosen = Object.entries(context.env).find(([name, value]) => /^CARGO_TARGET_\w+_LINKER$/.test(name) && value);
  const program = chosen?.[1] ?? "cc";
  const { state, path } = look(program, context);
  if (state === "runnable" && path) return ok("linker", path);
  const tools =
    context.platform === "darwin" ? "Run: xcode-select --install." : "Install a C compiler (build-essential, gcc).";
  return fail("linker", `${program} is ${whereNot(program)}`, tools);
}

/** Whether a folder, or the next one above it that exists, can be written to. */
async function checkWritable(subject: string, folder: string): Promise<Finding> {
  const check = "folder";
  const there = await existingAbove(folder);
  try {
    if (!(await stat(there)).isDirectory()) throw new Error("it is no folder");
    await access(there, constants.W_OK | constants.X_OK);
    return { check, level: "ok", subject, state: there === folder ? folder : `${folder} (will be made)` };
  } catch (error) {
    const state = `"${folder}" cannot be written: "${there}": ${systemReason(error)}`;
    const advice = "Name another with --install-dir, or make this one yours to write to.";
    return { check, level: "fail", subject, state, advice };
  }
}

async function checkSpace(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existingAbove(folder));
  const free = bavail * bsize;
  const state = `${megabytes(free)} MB free for "${folder}"`;
  if (free >= NEEDED_BYTES) return ok("space", `${megabytes(free)} MB free`, "disk space");
  const advice = `Make room for ${megabytes(NEEDED_BYTES)} MB, or set CARGO_TARGET_DIR to a folder elsewhere.`;
  return fail("space", state, advice, "disk space");
}

async function existingAbove(folder: string): Promise<string> {
  for (let above = folder; ; above = dirname(above)) {
    const there = await stat(above).catch(() => undefined);
    if (there || above === dirname(above)) return above;
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}

/** Runs `<program> --version` and takes the version out of what it prints. */
async function versionOf(program: string, context: Context): Promise<{ version: string } | { trouble: string }> {
  const { state, path = program } = look(program, context);
  if (state === "missing") return { trouble: whereNot(program) };
  if (state === "not_executable") return { trouble: `"${path}" may not be executed` };
  const ran = await runProgram([path, "--version"], { env: context.env, deadlineMs: VERSION_MS });
  const version = /\d+\.\d+(\.\d+)?[\w.-]*/.exec(ran.stdout)?.[0];
  return ran.code === 0 && version ? { version } : { trouble: `it does not run: ${whatWentWrong(ran)}` };
}

function look(program: string, { env, cwd }: Context): ReturnType<typeof findProgram> {
  return findProgram(program, pathOf(env as Record<string, string>), cwd || "/");
}

function whereNot(program: string): string {
  return /[\\/]/.test(program) ? "not there" : "not on PATH";
}

function ok(check: string, state: string, subject: string = check): Finding {
  return { check, level: "ok", subject, state };
}

function fail(check: string, state: string, advice: string, subject: string = check): Finding {
  return { check, level: "fail", subject, state, advice };
}
