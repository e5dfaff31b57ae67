// What it costs to find out which hooks want an event: with one configured hook, and with a thousand of which one matches.
//
//   node bench/plan.bench.mjs        after a build; a few seconds
//
// Fails when a thousand hooks cost more than 1.5 times what one costs.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { loadConfig, planFor } from "@xcodex/hooks-dispatcher";
import { completeEvent } from "@xcodex/hooks-schema";
import { median, printTable } from "./table.mjs";

const LIMIT = 1.5;
const ROUNDS = 21;
const EVENTS = 20_000;

const one = (matcher, key = "PreToolUse") =>
  `[[hooks.command.${key}]]\nmatcher = ${JSON.stringify(matcher)}\nhooks = [{ argv = ["true"] }]\n`;
const many = (count, text) => Array.from({ length: count }, (_, at) => text(at)).join("");

/** Each has one hook that wants the event; what the others are differs. */
const CONFIGURATIONS = {
  "1 hook": one("exec_command"),
  "1,000 hooks, 999 for other events": one("exec_command") + many(999, () => one("exec_command", "PostToolUse")),
  "1,000 hooks, 999 for other tools": one("exec_command") + many(999, (at) => one(`tool_${at}`)),
  "1,000 hooks, 999 with patterns": one("exec_command") + many(999, (at) => one(`^mcp__server${at}__.*$`)),
};

const event = completeEvent({
  session_id: "s-1",
  cwd: "/repo",
  hook_event_name: "PreToolUse",
  tool_name: "exec_command",
  tool_input: { cmd: "cargo test" },
});

const folder = mkdtempSync(join(tmpdir(), "xcodex-bench-plan-"));
try {
  const configs = {};
  for (const [name, toml] of Object.entries(CONFIGURATIONS)) {
    writeFileSync(join(folder, "config.toml"), toml);
    configs[name] = await loadConfig({ codexHome: folder });
    const { length } = planFor(configs[name], event).hooks;
    if (length !== 1) throw new Error(`${name}: ${length} hooks match instead of 1`);
  }
  const times = Object.fromEntries(Object.keys(configs).map((name) => [name, []]));
  // One round of each after the other, so that what else the machine does hits all of them.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, config] of Object.entries(configs)) {
      const started = performance.now();
      for (let at = 0; at < EVENTS; at += 1) planFor(config, event);
      // The first round warms up.
      if (round > 0) times[name].push(((performance.now() - started) / EVENTS) * 1e6);
    }
  }
  const base = times["1 hook"];
  const rows = Object.entries(times).map(([name, each]) => {
    const ratio = median(each.map((time, at) => time / base[at]));
    if (ratio > LIMIT) {
      console.error(`${name}: ${ratio.toFixed(2)} times the cost with one hook, and the limit is ${LIMIT}`);
      process.exitCode = 1;
    }
    return [name, `${median(each).toFixed(0)} ns`, `${ratio.toFixed(2)}×`];
  });
  printTable(["planning one event", "median", "to one hook"], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
