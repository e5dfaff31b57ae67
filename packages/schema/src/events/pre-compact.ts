import type { HookEventBase } from "../base.ts";
import { CODEX_LIFECYCLE, type EventFacts } from "../facts.ts";
import type { LifecycleFields } from "../shared/lifecycle.ts";

/** The agent is about to compact its context. */
export interface PreCompactEvent extends HookEventBase, LifecycleFields {
  xcodex_event_type: "pre-compact";
  /**
   * Who asked for it: `manual` (the user) or `auto`. Seed 004 does not send it.
   * @examples ["auto"]
   */
  trigger?: string;
  /**
   * What the user asked of the compaction, when they asked for anything.
   * @examples ["Keep the names of the failing tests"]
   */
  custom_instructions?: string;
}

/** Facts of `pre-compact`. */
export const preCompact: EventFacts<PreCompactEvent> = {
  type: "pre-compact",
  order: 90,
  summary: "the context is about to be compacted",
  snake: "pre_compact",
  claude: "PreCompact",
  aliases: [{ name: "PreCompress", agent: "gemini" }],
  retired: ["compaction"],
  gate: false,
  matches_on: [],
  spelled: {},
  env: {},
  codex: { PreCompact: CODEX_LIFECYCLE },
  examples: { "": { trigger: "auto" } },
};
