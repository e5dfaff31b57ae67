import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";
import type { TokenUsage } from "../shared/token-usage.ts";

/** The model's response is complete and the tools it called are done. */
export interface ModelResponseCompletedEvent extends HookEventBase {
  xcodex_event_type: "model-response-completed";
  /**
   * Id of the request that was answered.
   * @examples ["3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11"]
   */
  model_request_id?: string;
  /**
   * Which attempt of the request was answered, from 1.
   * @TJS-type integer
   * @minimum 0
   * @examples [1]
   */
  attempt?: number;
  /**
   * The provider's id of the response.
   * @examples ["resp_68f0"]
   */
  response_id?: string;
  /** What it cost in tokens, where the provider says so. */
  token_usage?: TokenUsage;
  /**
   * Whether the agent goes on by itself, for example because tools were called.
   * @examples [true]
   */
  needs_follow_up?: boolean;
}

/** Facts of `model-response-completed`. */
export const modelResponseCompleted: EventFacts<ModelResponseCompletedEvent> = {
  type: "model-response-completed",
  order: 40,
  summary: "the model's response is complete",
  snake: "model_response_completed",
  aliases: [{ name: "AfterModel", agent: "gemini" }],
  retired: [],
  gate: false,
  matches_on: [],
  spelled: { model: ["llm_request.model"] },
  env: {},
  examples: {
    "": {
      turn_id: "turn-1",
      model_request_id: "3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11",
      attempt: 1,
      response_id: "resp_68f0",
      token_usage: {
        input_tokens: 1200,
        cached_input_tokens: 1024,
        output_tokens: 310,
        reasoning_output_tokens: 128,
        total_tokens: 1510,
      },
      needs_follow_up: true,
    },
  },
};
