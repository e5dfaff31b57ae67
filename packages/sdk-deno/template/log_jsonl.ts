/**
 * A hook to start from: appends every event as one line of JSON to CODEX_HOME/hooks.jsonl.
 *
 * Try it by hand (CODEX_HOME is ~/.codex unless it is set):
 *
 *     cd ~/.codex/hooks/templates/deno
 *     echo '{"hook_event_name":"SessionStart","session_id":"s-1","cwd":"/"}' |
 *       deno run --no-config --allow-env --allow-read --allow-write log_jsonl.ts
 *
 * See what to put into CODEX_HOME/config.toml, to run it for one kind of event or as one long-lived host for all of them:
 *
 *     deno run log_jsonl.ts --config
 */
import { type ReadEvent, run } from "../../xcodex_hooks_deno.mjs";

/** What it needs: it writes a file, and looks at CODEX_HOME. */
const PERMISSIONS = ["--allow-env", "--allow-read", "--allow-write"];

function hook(event: ReadEvent): void {
  const { problems: _, ...fields } = event; // the typed fields and `extra`
  append(JSON.stringify(fields));
  // Comparing `xcodex_event_type` tells the compiler which event it is, and so which fields it has.
  switch (event.xcodex_event_type) {
    case "tool-call-finished": {
      const took = event.duration_ms === undefined ? "an unknown time" : `${event.duration_ms} ms`;
      // stderr is the hook's log: an agent takes what it finds on stdout for an answer.
      console.error(`${event.xcodex_event_type}: ${event.tool_name} took ${took}`);
      break;
    }
    case "tool-call-started":
      // Your own rule, with `block` imported above. It stops the agent where a hook may do so: with `mode = "sync"`, or in a host
      // with `replies = true`.
      // if (event.tool_alias === "WebFetch") block(`No web today: ${event.tool_name}`);
      break;
  }
}

/** One write at the end of the file, so that hooks which run at the same time never mix their lines. */
function append(line: string): void {
  const home = Deno.env.get("CODEX_HOME") || `${Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE")}/.codex`;
  Deno.mkdirSync(home, { recursive: true, mode: 0o700 });
  // Only you may read it: it holds what your agent sees and does.
  Deno.writeTextFileSync(`${home}/hooks.jsonl`, `${line}\n`, { append: true, mode: 0o600 });
}

/** What to put into config.toml. */
function config(): string {
  const argv = JSON.stringify(["deno", "run", "--no-config", ...PERMISSIONS, import.meta.filename]);
  return `# Into CODEX_HOME/config.toml. For one kind of event:
[[hooks.command.tool_call_finished]]
hooks = [{ argv = ${argv} }]

# Or for all of them, as one long-lived host; \`replies\` lets it block:
# [hooks.host]
# enabled = true
# command = ${argv}
# replies = true`;
}

if (Deno.args.includes("--config")) console.log(config());
else run(hook);
