import { ADDON_VARIABLE } from "@xcodex/hooks-pyo3";
import { quoted } from "../ui/shell.ts";

/** What a launcher starts. All paths are absolute. */
export interface LauncherTarget {
  /** The program's own script: `bin/xcodex.mjs` of this package. */
  readonly program: string;
  /** The Node that runs us now. */
  readonly node: string;
  readonly addon: string;
  readonly version: string;
}

/** By this a later build knows that a file is one of ours. */
export const LAUNCHER_MARK = "Written by `xcodex hooks build pyo3`";

/**
 * The launcher as text: this very xcodex, with the addon named. Paths may hold anything that a path can; as long as they are there, this
 * Node and this program are used, wherever PATH leads.
 */
export function launcherText(target: LauncherTarget, platform: NodeJS.Platform): string {
  return platform === "win32" ? batchText(target) : shellText(target);
}

function shellText({ program, node, addon, version }: LauncherTarget): string {
  return `#!/bin/sh
# ${LAUNCHER_MARK} of xcodex hooks ${version}; the next build writes it anew.
${ADDON_VARIABLE}=${quoted(addon)}
export ${ADDON_VARIABLE}
node=${quoted(node)}
program=${quoted(program)}
[ -x "$node" ] || node=node
if [ ! -f "$program" ]; then
  printf 'Cannot start xcodex: it is no longer at "%s". Run: xcodex hooks build pyo3.\\n' "$program" >&2
  exit 1
fi
exec "$node" "$program" "$@"
`;
}

/** In a batch file a percent sign stands for itself when it is there twice. */
function batchText({ program, node, addon, version }: LauncherTarget): string {
  const [p, n, a] = [program, node, addon].map((path) => path.replaceAll("%", "%%"));
  const lines = [
    "@echo off",
    `rem ${LAUNCHER_MARK} of xcodex hooks ${version}; the next build writes it anew.`,
    "setlocal DisableDelayedExpansion",
    `set "${ADDON_VARIABLE}=${a}"`,
    `set "node=${n}"`,
    'if not exist "%node%" set "node=node"',
    `"%node%" "${p}" %*`,
    "exit /b %ERRORLEVEL%",
  ];
  return `${lines.join("\r\n")}\r\n`;
}
