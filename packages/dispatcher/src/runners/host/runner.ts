import type { HostHook, Runner, RunnerTools } from "../../contracts.ts";
import { createHost, type Host } from "./host.ts";

/** Delivers to long-lived hosts: one per target, started when the first event for it comes (seed 001, `[hooks.host]`). */
export function hostRunner(tools: RunnerTools): Runner {
  const hosts = new Map<string, Host>();
  tools.launcher.prepare();
  const hostOf = (hook: HostHook): Host => {
    const key = hook.target ?? hook.id;
    let host = hosts.get(key);
    if (host === undefined) {
      host = createHost(hook, tools);
      hosts.set(key, host);
    }
    return host;
  };
  return {
    deliver: ({ plan, subject, hooks, book, onReply, wait }) => {
      for (const hook of hooks) {
        if (hook.runner !== "host") continue;
        const gates = hook.may_gate && plan.gate;
        // Who waits for gates only does not wait for a host that looks on.
        const awaited = gates ? "answer" : wait === "all" ? "delivery" : "nothing";
        hostOf(hook).push(hook, subject, book.payloadOf(hook), onReply && { awaited, onReply, subject });
      }
    },
    close: async (budgetMs) => {
      const reports = await Promise.all([...hosts.values()].map((host) => host.close(budgetMs)));
      return {
        left: reports.reduce((sum, { left }) => sum + left, 0),
        dropped: reports.reduce((sum, { dropped }) => sum + dropped, 0),
      };
    },
  };
}
