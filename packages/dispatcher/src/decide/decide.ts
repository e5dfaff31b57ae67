import type { Decision, HookReply, Plan } from "../contracts.ts";

/**
 * Merges what the hooks of one event said: one block stops the agent, whatever the others say. A hook that failed lets the agent
 * go on, unless its `on_failure` is `deny` and it may gate. Where stopping the agent would keep it working, a hook that wants it to halt
 * stops nothing, and neither do the others: that is how agents read such an answer. Pure; the order is the plan's, whoever finished first.
 */
export function decide(plan: Plan, replies: readonly HookReply[]): Decision {
  const inOrder = [...replies].sort((a, b) => plan.hooks.indexOf(a.hook) - plan.hooks.indexOf(b.hook));
  const blocks = isHalt(plan, inOrder) ? [] : inOrder.flatMap((reply) => reasonToBlock(plan, reply) ?? []);
  const event_id = plan.event.event_id;
  if (blocks.length === 0) return { event_id, action: "continue", decided_by: [], replies: inOrder };
  return {
    event_id,
    action: "block",
    // Two guards that say the same say it once.
    reason: [...new Set(blocks.map((block) => block.reason))].join("\n\n"),
    decided_by: blocks.map((block) => block.id),
    replies: inOrder,
  };
}

function isHalt({ gate, ends_work }: Plan, replies: readonly HookReply[]): boolean {
  if (!gate || !ends_work) return false;
  return replies.some(({ hook, reply }) => hook.may_gate && reply.kind === "blocked" && reply.halts === true);
}

function reasonToBlock(
  plan: Plan,
  { hook, reply }: HookReply,
): { readonly id: string; readonly reason: string } | undefined {
  if (!plan.gate || !hook.may_gate) return undefined;
  if (reply.kind === "blocked") return { id: hook.id, reason: reply.reason };
  if (reply.kind === "failed" && hook.on_failure === "deny") {
    const what = hook.required ? "Required hook" : "Hook";
    return { id: hook.id, reason: `${what} ${hook.id} did not say yes: ${reply.message}` };
  }
  return undefined;
}
