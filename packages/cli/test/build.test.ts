import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, runProcess } from "../../../test/support/process.ts";
import { tempFolder } from "../../../test/support/temp.ts";
import {
  type BuildPlace,
  buildPlace,
  commit,
  forgetAllButTarget,
  missingForBuild,
  namesIn,
  pathWith,
  smallCheckout,
  whereIs,
} from "./build-place.ts";

/** A build from nothing takes a minute here, and other tests run beside it. */
const BUILD_MS = 900_000;
/** Cargo compiles nothing, or next to nothing. */
const SMALL_MS = 180_000;

/** Kept between runs of the tests, for what cargo made. There is a space in it on purpose. */
const KEPT = fileURLToPath(new URL("../../../node_modules/.cache/cli-build/codex home", import.meta.url));

const lacking = missingForBuild();
const suite = lacking ? `build pyo3 (skipped: ${lacking})` : "build pyo3";

function readReport(place: BuildPlace): Map<string, string[]> {
  const report = new Map<string, string[]>();
  for (const line of readFileSync(join(place.codex_home, "tmp", "pyo3-bootstrap-report.txt"), "utf8").split("\n")) {
    const [, name = "", value = ""] = /^([\w.]+)=(.*)$/.exec(line) ?? [];
    if (name) report.set(name, [...(report.get(name) ?? []), value]);
  }
  return report;
}

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe.skipIf(lacking !== undefined)(suite, () => {
  describe("with the sources that come with this program", () => {
    const place = buildPlace(KEPT);
    const bin = join(KEPT, "bin");
    let first: Awaited<ReturnType<BuildPlace["hooks"]>>;

    beforeAll(async () => {
      forgetAllButTarget(KEPT);
      first = await place.hooks("build", "pyo3", "--yes");
      expect(first.stderr).toContain("Finished");
      expect(first.code).toBe(0);
    }, BUILD_MS);

    it("says the plan, what it did and what comes next, as the README shows it", () => {
      const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
      const shown = /^```text\n\$ xcodex hooks build pyo3 --yes\n(.*?)^```$/ms.exec(readme)?.[1];
      expect(asInReadme(first.stdout)).toBe(shown);
    });

    it("installs the addon and the launcher, and nothing else", () => {
      expect(namesIn(bin)).toEqual(["xcodex-pyo3", "xcodex-pyo3.node"]);
      expect(mode(join(bin, "xcodex-pyo3"))).toBe("755");
      expect(namesIn(KEPT)).toEqual(["bin", "tmp"]);
      expect(namesIn(join(KEPT, "tmp"))).toEqual(["pyo3-bootstrap-report.txt", "pyo3-build"]);
      expect(namesIn(join(KEPT, "tmp", "pyo3-build"))).toEqual(["crate", "target"]);
    });

    it("writes a report for its owner alone: what was built, with what, by which commands, in which time", () => {
      const report = readReport(place);
      expect(mode(join(KEPT, "tmp", "pyo3-bootstrap-report.txt"))).toBe("600");
      expect(report.get("success")).toEqual(["1"]);
      expect(report.get("profile")).toEqual(["release"]);
      expect(report.get("command")?.[0]).toMatch(/^PYO3_PYTHON=.* cargo build --locked --release --message-format/);
      for (const name of ["time", "python", "python_version", "cargo", "rustc", "sources", "output"]) {
        expect(report.get(name)?.[0], name).toBeTruthy();
      }
      const steps = ["sources", "cargo", "stage", "verify", "install"].map((step) => report.get(`step.${step}`)?.[0]);
      for (const step of steps) expect(step).toMatch(/^\d+\.\d s$/);
    });

    it("makes a launcher that is this xcodex with the addon", async () => {
      const launcher = join(bin, "xcodex-pyo3");
      const ran = await runProcess([launcher, "hooks", "doctor", "pyo3", "--json"], "", { env: place.env, cwd: "/" });
      expect(ran.stderr).toBe("");
      const { sections } = JSON.parse(ran.stdout) as { sections: { pyo3: { check: string; level: string }[] } };
      const levels = sections.pyo3.filter(({ check }) => ["addon", "bin"].includes(check)).map(({ level }) => level);
      expect(levels).toEqual(["ok", "ok"]);
      expect(ran.code).toBe(0);
    });

    it(
      "compiles nothing when it is asked again, and comes to the same",
      async () => {
        const launcher = readFileSync(join(bin, "xcodex-pyo3"), "utf8");
        const again = await place.hooks("build", "pyo3", "--yes");
        expect(again.code).toBe(0);
        expect(again.stderr).not.toContain("Compiling");
        expect(again.stdout).toContain("overwrite");
        expect(readFileSync(join(bin, "xcodex-pyo3"), "utf8")).toBe(launcher);
      },
      SMALL_MS,
    );

    it(
      "leaves the old addon in place when the new one does not compile, or does not load",
      async () => {
        const before = readFileSync(join(bin, "xcodex-pyo3.node"));
        const target = { CARGO_TARGET_DIR: join(tempFolder("target"), "target") };
        const small = buildPlace(KEPT, target);
        const broken = smallCheckout(tempFolder("broken"), { lib: "this is no Rust" });
        const failed = await small.hooks("build", "pyo3", "--yes", "--repo-dir", broken);
        expect(failed.code).toBe(1);
        expect(failed.stderr).toContain("this is no Rust");
        expect(failed.stderr).toContain("(build_failed)");
        expect(readReport(place).get("error")?.[0]).toContain("cargo failed");
        expect(readReport(place).get("output")?.join("\n")).toContain("this is no Rust");

        const args = ["--yes", "--profile", "debug", "--repo-dir", smallCheckout(tempFolder("empty"))];
        const empty = await small.hooks("build", "pyo3", ...args);
        expect(empty.code).toBe(1);
        expect(readReport(place).get("command")?.[0]).toContain("cargo build --locked --message-format");
        expect(empty.stderr).toContain("(addon_not_verified)");
        expect(readReport(place).get("success")).toBeUndefined();

        expect(readFileSync(join(bin, "xcodex-pyo3.node")).equals(before)).toBe(true);
        expect(namesIn(bin)).toEqual(["xcodex-pyo3", "xcodex-pyo3.node"]);
      },
      SMALL_MS,
    );

    it("runs a Python hook within the process of the launcher", async () => {
      const hooks = join(KEPT, "hooks");
      mkdirSync(hooks);
      const seen = join(hooks, "seen");
      const script = `import os\n\ndef on_event(event):\n    print(os.getpid(), file=open(${JSON.stringify(seen)}, "a"))\n`;
      writeFileSync(join(hooks, "hook.py"), script);
      const config =
        '[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n[hooks.pyo3]\nscript_path = "hooks/hook.py"\n';
      writeFileSync(join(KEPT, "config.toml"), config);
      const ran = await runProcess([join(bin, "xcodex-pyo3"), "hooks", "test", "pyo3"], "", { env: place.env });
      expect(ran.stderr).toBe("");
      expect(ran.code).toBe(0);
      const pids = readFileSync(seen, "utf8").trim().split("\n");
      expect(pids.length).toBeGreaterThan(10);
      expect(new Set(pids).size).toBe(1);
    });
  });

  describe("when it is stopped", () => {
    it(
      "stops cargo and what cargo started, and says in the report that nothing was installed",
      async () => {
        const folder = tempFolder("stopped");
        const pidFile = join(folder, "pid");
        const build = `fn main() {
            std::fs::write(${JSON.stringify(pidFile)}, std::process::id().to_string()).unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }`;
        const checkout = smallCheckout(join(folder, "checkout"), { build });
        const place = buildPlace(join(folder, "codex-home"));
        const program = fileURLToPath(new URL("../bin/xcodex.mjs", import.meta.url));
        const args = ["hooks", "build", "pyo3", "--yes", "--repo-dir", checkout];
        const child = spawn(process.execPath, [program, ...args], {
          env: { ...process.env, ...place.env },
          stdio: "ignore",
        });
        const ended = new Promise((resolve) => child.once("exit", resolve));
        await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
        child.kill("SIGINT");
        expect(await ended).toBe(130);
        const pid = Number(readFileSync(pidFile, "utf8"));
        await until(() => !isAlive(pid));
        expect(readReport(place).get("error")?.[0]).toContain("stopped");
        expect(namesIn(join(place.codex_home, "bin"))).toEqual([]);
        expect(namesIn(join(place.codex_home, "tmp", "pyo3-build"))).not.toContain("lock");
      },
      SMALL_MS,
    );
  });

  describe("from a repository", () => {
    it(
      "takes the commit, tag or branch that was asked for, fetches what is new, and leaves a checkout of the user's alone",
      async () => {
        const folder = tempFolder("repository");
        const url = smallCheckout(join(folder, "remote"));
        const first = commit(url, "first");
        smallCheckout(url, { lib: "// second" });
        const second = commit(url, "second");
        const place = buildPlace(join(folder, "codex-home"));
        const built = async (...args: string[]): Promise<string | undefined> => {
          // An empty library is no addon, so every build ends with the attempt to load it: what was built is in the report.
          const ran = await place.hooks("build", "pyo3", "--yes", ...args);
          expect(ran.stderr).toContain("(addon_not_verified)");
          return readReport(place).get("commit")?.[0];
        };
        const clone = join(place.codex_home, "src", "xcodex-hooks");
        const lib = join("packages", "pyo3", "crate", "src", "lib.rs");
        expect(await built("--repo-url", url)).toBe(second);
        expect(await built("--repo-url", url, "--ref", first)).toBe(first);
        expect(readFileSync(join(clone, lib), "utf8")).toBe("");

        smallCheckout(url, { lib: "// third" });
        const third = commit(url, "third");
        expect(await built("--repo-url", url, "--ref", "main")).toBe(third);
        expect(await built("--repo-url", url, "--ref", third.slice(0, 10))).toBe(third);

        writeFileSync(join(url, lib), "// what somebody works on");
        expect(await built("--repo-dir", url, "--ref", first)).toBe(first);
        expect(readFileSync(join(url, lib), "utf8")).toBe("// what somebody works on");
        expect(await built("--repo-dir", url)).toBeUndefined();
        expect(readFileSync(join(place.codex_home, "tmp", "pyo3-build", "crate", "src", "lib.rs"), "utf8")).toBe(
          "// what somebody works on",
        );
      },
      SMALL_MS,
    );

    it("refuses a ref that is not there, a folder of somebody else's, and sources of another version", async () => {
      const folder = tempFolder("refused");
      const url = smallCheckout(join(folder, "remote"), { version: "9.9.9" });
      commit(url, "other");
      const place = buildPlace(join(folder, "codex-home"));
      const ref = await place.hooks("build", "pyo3", "--yes", "--repo-url", url, "--ref", "no-such-branch");
      expect(ref.stderr).toMatch(/Cannot git fetch in .*no-such-branch.*\(git_failed\)/);
      const other = await place.hooks("build", "pyo3", "--yes", "--repo-url", url);
      expect(other.stderr).toMatch(/they are of version 9\.9\.9, and this is .*\(other_version\)/);
      const foreign = join(folder, "foreign");
      mkdirSync(foreign);
      writeFileSync(join(foreign, "file"), "");
      const taken = await place.hooks("build", "pyo3", "--yes", "--repo-url", url, "--repo-dir", foreign);
      expect(taken.stderr).toMatch(/it is no git checkout, and not empty.*\(bad_sources\)/);
      expect([ref.code, other.code, taken.code]).toEqual([1, 1, 1]);
      expect(namesIn(foreign)).toEqual(["file"]);
    });
  });

  describe("at a terminal", () => {
    const terminal = fileURLToPath(new URL("tools/terminal.py", import.meta.url));
    const program = fileURLToPath(new URL("../bin/xcodex.mjs", import.meta.url));
    const at = (words: readonly string[], place: BuildPlace, ...args: readonly string[]): Promise<Ended> => {
      const command = [process.execPath, program, "hooks", "build", "pyo3", ...args];
      return runProcess([whereIs("python3"), terminal, ...words, ...command], "", { env: place.env });
    };

    it("asks, and builds nothing unless it is told to", async () => {
      const place = buildPlace(join(tempFolder("asks"), "codex-home"));
      const no = await at(["in", "n"], place);
      expect(no.stderr).toContain("Build and install it? [y/N]");
      expect(no.stdout).toContain("Nothing was built.");
      expect(no.code).toBe(0);
      expect(namesIn(place.codex_home)).toEqual([]);
    });

    it("asks for a Python where there is none on PATH", async () => {
      const folder = tempFolder("no-python");
      const PATH = pathWith(join(folder, "bin"), ["cc", "sh", "cargo", "rustc"]);
      const place = buildPlace(join(folder, "codex-home"), { PATH });
      const ran = await at(["in", whereIs("python3")], place, "--dry-run");
      expect(ran.stderr).toContain("There is no python3 on PATH. Path of the Python to build for:");
      expect(ran.stdout).toMatch(/^Python: +3\.\d+\.\d+, \//m);
      const nobody = await place.hooks("build", "pyo3", "--dry-run");
      expect(nobody.stdout).toMatch(/FAIL {2}python: python3 is not on PATH/);
    });

    it(
      "shows how far cargo is in one place, and the end of what it said when it failed",
      async () => {
        const folder = tempFolder("progress");
        const place = buildPlace(join(folder, "codex-home"));
        const checkout = smallCheckout(join(folder, "checkout"), { lib: "this is no Rust" });
        const { stderr } = await at(["err"], place, "--yes", "--repo-dir", checkout);
        expect(stderr).toMatch(/\\r\\e\[K\[[#-]{24}\] Compiling xcodex-pyo3/);
        expect(stderr.split("\\e[K").at(-1)).toContain("this is no Rust");
      },
      SMALL_MS,
    );
  });

  describe("before anything is built", () => {
    it("wants consent, and writes nothing without it", async () => {
      const place = buildPlace(join(tempFolder("consent"), "codex-home"));
      const ran = await place.hooks("build", "pyo3");
      expect(ran.stderr).toMatch(/Re-run with --yes .*\(needs_yes\)/);
      expect(ran.code).toBe(1);
      expect(namesIn(place.codex_home)).toEqual([]);
    });

    it.each([
      [
        "31aadee0612bd56d81e22b3973fbdd44d4b5729f",
        "31aadee0 pins sources of the first xcodex; here it stands for those of",
      ],
      ["v0.1.0", "v0.1.0, which is what came with this program"],
    ])("says what the ref %s stands for", async (ref, text) => {
      const place = buildPlace(join(tempFolder("ref"), "codex-home"));
      const ran = await place.hooks("build", "pyo3", "--dry-run", "--ref", ref);
      expect(ran.stdout).toContain(`Ref:         ${text}`);
      expect(ran.stdout).toContain("Nothing was built (--dry-run).");
      expect(ran.code).toBe(0);
    });

    it("says that there is no Rust", async () => {
      const folder = tempFolder("no-rust");
      const PATH = pathWith(join(folder, "bin"), ["python3", "cc", "sh"]);
      const place = buildPlace(join(folder, "codex-home"), { PATH });
      const ran = await place.hooks("build", "pyo3", "--yes");
      expect(ran.code).toBe(1);
      expect(ran.stdout).toMatch(/FAIL {2}cargo: not on PATH\. Install Rust \d/);
      expect(ran.stdout).toMatch(/FAIL {2}rustc: not on PATH/);
      expect(ran.stderr).toContain("(prerequisites_missing)");
      expect(readReport(place).get("prerequisite.cargo")).toEqual(["not on PATH"]);
      expect(namesIn(join(place.codex_home, "tmp"))).toEqual(["pyo3-bootstrap-report.txt"]);
    });

    it("says that Rust is too old", async () => {
      const folder = tempFolder("old-rust");
      const checkout = smallCheckout(join(folder, "checkout"), { rust: "1.999" });
      const ran = await buildPlace(join(folder, "codex-home")).hooks(
        ...["build", "pyo3", "--yes", "--repo-dir", checkout],
      );
      expect(ran.stdout).toMatch(/FAIL {2}rustc: \S+: it is older than 1\.999\. Run: rustup update stable/);
      expect(ran.code).toBe(1);
    });

    it("says that there is no linker", async () => {
      const folder = tempFolder("no-linker");
      const PATH = pathWith(join(folder, "bin"), ["python3", "sh", "cargo", "rustc"]);
      const ran = await buildPlace(join(folder, "codex-home"), { PATH }).hooks("build", "pyo3", "--dry-run");
      expect(ran.stdout).toMatch(/FAIL {2}linker: cc is not on PATH/);
      expect(ran.code).toBe(1);
      expect(namesIn(join(folder, "codex-home"))).toEqual([]);
    });

    it.each<readonly [string, string, RegExp]>([
      ["is too old", "sys.version_info = (3, 8, 1)", /3\.8\.1, .*: it is older than 3\.9\. Name another: --python/],
      [
        "has no shared library",
        "var['Py_ENABLE_SHARED'] = 0",
        /it has no shared libpython\. Build it with --enable-shared/,
      ],
      [
        "has lost its shared library",
        "var['LDLIBRARY'] = 'libpython9.so'",
        /its shared library is not at ".*libpython9\.so"/,
      ],
      ["is not CPython", "sys.implementation.name = 'pypy'", /it is pypy, not CPython/],
      ["has no lock", "var['Py_GIL_DISABLED'] = 1", /it is built without the global interpreter lock/],
      ["cannot start", "raise SystemExit('no memory today')", /cannot be asked: no memory today/],
    ])("says that a Python %s", async (_what, setting, text) => {
      const folder = tempFolder("python");
      const python = unusualPython(folder, setting);
      const place = buildPlace(join(folder, "codex-home"));
      const ran = await place.hooks("build", "pyo3", "--dry-run", "--python", python);
      expect(ran.stdout.split("\n").find((line) => line.includes("python:"))).toMatch(text);
      expect(ran.stdout).toContain("FAIL  python");
      expect(ran.code).toBe(1);
    });

    it("says that a newer Python may do", async () => {
      const folder = tempFolder("new-python");
      const python = unusualPython(folder, "sys.version_info = (3, 99, 0)");
      const ran = await buildPlace(join(folder, "codex-home")).hooks("build", "pyo3", "--dry-run", "--python", python);
      expect(ran.stdout).toMatch(/warn {2}python: 3\.99\.0, .*: it is newer than 3\.13/);
      expect(ran.code).toBe(0);
    });

    it("refuses to overwrite a program that no build has written", async () => {
      const folder = tempFolder("not-ours");
      const bin = join(folder, "bin");
      mkdirSync(bin);
      writeFileSync(join(bin, "tool"), "somebody's");
      const args = ["build", "pyo3", "--yes", "--install-dir", bin, "--bin-name", "tool"];
      const ran = await buildPlace(join(folder, "codex-home")).hooks(...args);
      expect(ran.stderr).toContain("(not_ours)");
      expect(ran.code).toBe(1);
      expect(readFileSync(join(bin, "tool"), "utf8")).toBe("somebody's");
    });

    it(
      "does not run twice at a time, and takes over from a build that was killed",
      async () => {
        const folder = tempFolder("twice");
        const place = buildPlace(join(folder, "codex-home"));
        const checkout = smallCheckout(join(folder, "checkout"));
        const lock = join(place.codex_home, "tmp", "pyo3-build", "lock");
        mkdirSync(join(lock, ".."), { recursive: true });
        writeFileSync(lock, String(process.pid));
        const args = ["build", "pyo3", "--yes", "--repo-dir", checkout];
        const busy = await place.hooks(...args);
        expect(busy.stderr).toContain(`another build (process ${process.pid}) is at it`);
        // No process has this number: it is above what Linux and macOS give.
        writeFileSync(lock, "99999999");
        const free = await place.hooks(...args);
        expect(free.stderr).toContain("(addon_not_verified)");
      },
      SMALL_MS,
    );
  });
});

/** The Python of this machine, with something about it changed. */
function unusualPython(folder: string, setting: string): string {
  const python = join(folder, "python");
  const change = `import sys, sysconfig; var = sysconfig.get_config_vars(); ${setting}; exec(sys.argv[1])`;
  writeFileSync(python, `#!/bin/sh\nfor question; do :; done\nexec python3 -c "${change}" "$question"\n`, {
    mode: 0o755,
  });
  return python;
}

/** What is different on every machine, as the README shows it. */
function asInReadme(text: string): string {
  return (
    text
      .replaceAll(KEPT, "/home/dev/.codex")
      .replaceAll(fileURLToPath(new URL("../../pyo3", import.meta.url)), "/usr/lib/node_modules/@xcodex/hooks-pyo3")
      // There is a space in our path, and none in that of the README.
      .replace(/'(\/home\/dev\/\S*)'/g, "$1")
      .replace(/^( *ok +(?:cargo|rustc): ).*/gm, "$11.95.0")
      .replace(/^(Rust: +)\S+/gm, "$11.95.0,")
      .replace(/^( *ok +python: ).*/gm, "$13.11.7, /usr/bin/python3.11, /usr/lib/libpython3.11.so")
      .replace(/^(Python: +).*/gm, "$13.11.7, /usr/bin/python3.11")
      .replace(/^( *ok +linker: ).*/gm, "$1/usr/bin/cc")
      .replace(/up to \d+ crates/g, "up to 70 crates")
      .replace(/\d+ MB free/g, "75000 MB free")
      .replace(/^Built in .* m?s$/gm, "Built in 47.7 s")
      .replace(/starts Python [\d.]+/g, "starts Python 3.11.7")
  );
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 100_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 50))) {
    if (performance.now() > end) throw new Error("It did not happen.");
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
