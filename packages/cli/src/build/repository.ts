import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "../errors.ts";
import { type Ran, runProgram, whatWentWrong } from "../programs.ts";
import type { Sources } from "./sources.ts";

/** What running git needs. */
interface GitOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Is told every command, as it was run. */
  readonly onCommand: (argv: readonly string[]) => void;
}

/**
 * Brings a repository's sources to their folder: makes it, or fetches into it when it is a checkout already, and checks the ref out.
 *
 * @returns the commit
 * @throws CliError `bad_sources`, `git_failed`
 */
export async function checkOut(sources: Sources & { kind: "repository" }, options: GitOptions): Promise<string> {
  const { url, folder, ref } = sources;
  const git = gitIn(folder, options);
  if (!existsSync(join(folder, ".git"))) {
    await needEmpty(folder);
    await mkdir(folder, { recursive: true });
    await git("init", "--quiet");
  }
  await git("fetch", "--force", "--tags", "--quiet", "--", url, "HEAD", "+refs/heads/*:refs/remotes/origin/*");
  const commit = ref === undefined ? await git("rev-parse", "FETCH_HEAD^{commit}") : await commitOf(ref, url, git);
  await git("checkout", "--quiet", "--detach", commit);
  return commit;
}

/** A folder with something else in it is somebody's. */
async function needEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length === 0) return;
  const text = `Cannot take the sources to "${folder}": it is no git checkout, and not empty. Move it away, or name another folder with --repo-dir.`;
  throw new CliError("bad_sources", text);
}

type Git = (...args: readonly string[]) => Promise<string>;

/** A branch of the repository before a tag before anything that git itself understands, as long as it is there. */
async function commitOf(ref: string, url: string, git: Git): Promise<string> {
  for (const name of [`refs/remotes/origin/${ref}`, `refs/tags/${ref}`, ref]) {
    const commit = await git("rev-parse", "--verify", "--quiet", `${name}^{commit}`).catch(ifGitFailed);
    if (commit) return commit;
  }
  // A commit that no branch and no tag leads to has to be asked for by its name.
  await git("fetch", "--force", "--quiet", "--", url, ref);
  return git("rev-parse", "FETCH_HEAD^{commit}");
}

function ifGitFailed(error: unknown): undefined {
  if (error instanceof CliError && error.code === "git_failed") return undefined;
  throw error;
}

/** Runs git in a folder, whatever repository we are in ourselves, and returns what it prints. It asks nobody for a password. */
function gitIn(folder: string, { env, signal, onCommand }: GitOptions): Git {
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE)$/.test(name)),
  );
  return async (...args) => {
    const argv = ["git", "-C", folder, ...args];
    onCommand(argv);
    const ran = await runProgram(argv, { env: { ...own, GIT_TERMINAL_PROMPT: "0" }, signal });
    if (ran.code === 0) return ran.stdout.trim();
    throw gitFailed(args, folder, ran);
  };
}

function gitFailed(args: readonly string[], folder: string, ran: Ran): CliError {
  const state = whatWentWrong(ran);
  return new CliError(
    "git_failed",
    `Cannot git ${args[0]} in "${folder}": ${state}. Check the repository and the ref.`,
  );
}
