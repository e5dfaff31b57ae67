import type { HookEventBase } from "../base.ts";
import type { EventFacts } from "../facts.ts";

/** A request to the model is about to be sent. */
export interface ModelRequestStartedEvent extends HookEventBase {
  xcodex_event_type: "model-request-started";
  /**
   * Id of the request, new for each one.
   * @examples ["3f6c1f0e-8d4e-4f4b-8f39-1f7a1f0b9c11"]
   */
  model_request_id?: string;
  /**
   * Which attempt it is, from 1.
   * @TJS-type integer
   * @minimum 0
   * @examples [1]
   */
  attempt?: number;
  /**
   * Provider of the model.
   * @examples ["openai"]
   */
  provider?: string;
  /**
   * Items in the request's input.
   * @TJS-type integer
   * @minimum 0
   * @examples [12]
   */
  input_item_count?: number;
  /**
   * Tools the model may call.
   * @TJS-type integer
   * @minimum 0
   * @examples [9]
   */
  tool_count?: number;
  /**
   * Whether it may call several at once.
   * @examples [true]
   */
  parallel_tool_calls?: boolean;
  /**
   * Whether the answer has to fit a schema.
   * @examples [false]
   */
  has_output_schema?: boolean;
}

/** Facts of `model-request-started`. */
export const modelRequestStarted: EventFacts<ModelRequestStartedEvent> = {
  type: "model-request-started",
  order: 30,
  summary: "a request to the model is about to be sent",
  snake: "model_request_started",
  aliases: [{ name: "BeforeModel", agent: "gemini" }],
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
      model: "gpt-5.1-codex",
      provider: "openai",
      input_item_count: 12,
      tool_count: 9,
      parallel_tool_calls: true,
      has_output_schema: false,
    },
  },
};
