import type { Failure } from "@xcodex/hooks-pyo3";
import type { Pyo3Settings } from "../../contracts.ts";
import type { Trouble } from "../replies.ts";

/** Whether a failure says something about the script, and not about one event that cannot be read. */
export function isPythonsFault({ kind }: Failure): boolean {
  return kind !== "json";
}

/** What a failure that Python reported means for its events. */
export function troubleOf(name: string, { script_path }: Pyo3Settings, failure: Failure): Trouble {
  const what = `${failure.error}${placeOf(failure)}`;
  switch (failure.kind) {
    case "load": {
      const message = `Cannot load the Python hook "${script_path}": ${what}. Mend it; it is loaded again with the next event.`;
      return { outcome: "not_started", code: "python_failed", message };
    }
    case "timeout": {
      const message = `Cannot wait for the Python hook "${script_path}" any longer: ${what}. Make it faster, or raise hooks.pyo3.timeout_sec.`;
      return { outcome: "timeout", code: "timeout", message };
    }
    case "exception":
    case "json": {
      const message = `Cannot finish ${name} in "${script_path}": ${what}. Mend it.`;
      return { outcome: "failed", code: "python_failed", message };
    }
  }
}

/** Of events that Python had when nobody could wait any longer. */
export function neverReported(name: string): Trouble {
  const message = `Cannot tell how ${name} did: the dispatcher was closed before Python had finished. Give close more time, or make the hook faster.`;
  return { outcome: "failed", code: "closed", message };
}

function placeOf({ file, line }: Failure): string {
  if (file === undefined) return "";
  return line === undefined ? ` at ${file}` : ` at ${file}:${line}`;
}
