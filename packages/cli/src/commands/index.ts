import type { VerbEntry } from "../verb.ts";

/** The registry: one line per verb, and nothing else to do when a verb is added. In the order of help. */
export const VERBS: Readonly<Record<string, VerbEntry>> = {
  init: { summary: "set up hooks: sample hooks and the configuration for them", load: () => import("./init.ts") },
  list: { summary: "show the configured hooks, and what is wrong with the others", load: () => import("./list.ts") },
  paths: { summary: "show where hooks, logs, payloads and records are", load: () => import("./paths.ts") },
  install: { summary: "install SDKs to write hooks with, or sample hooks", load: () => import("./install.ts") },
  uninstall: { summary: "remove what was installed and nobody edited", load: () => import("./uninstall.ts") },
  test: { summary: "run the configured hooks on example events", load: () => import("./test.ts") },
  doctor: { summary: "check what hooks need, and say what to do", load: () => import("./doctor.ts") },
  build: { summary: "build what runs Python within the agent's process", load: () => import("./build.ts") },
  schema: { summary: "print the schema of the events, or check a copy of it", load: () => import("./schema.ts") },
  emit: { summary: "deliver one event from standard input", load: () => import("./emit.ts") },
  replay: { summary: "deliver the events of a recorded session", load: () => import("./replay.ts") },
  explain: { summary: "explain why a hook runs on an event, or does not", load: () => import("./explain.ts") },
  log: { summary: "show how hooks have run, and why they failed", load: () => import("./log.ts") },
  stats: { summary: "show how often hooks ran and failed, and how long they took", load: () => import("./stats.ts") },
  pyo3: { summary: "where doctor and bootstrap went", hidden: true, load: () => import("./pyo3.ts") },
  help: { summary: "show help, also for one command", load: () => import("./help.ts") },
};
