/** Optional fields that every lifecycle event of seed 004 may carry. */
export interface LifecycleFields {
  /**
   * Session this one continues.
   * @examples ["0199f3c4-0000-7c20-b2a4-5a0c2f8d9e00"]
   */
  previous_session_id?: string;
  /**
   * What the user asked for.
   * @examples ["Add a test for the parser"]
   */
  prompt?: string;
  /**
   * Last thing the agent said.
   * @examples ["All tests pass."]
   */
  last_assistant_message?: string;
  /**
   * Id of the tool call that the event belongs to.
   * @examples ["toolu_01"]
   */
  tool_use_id?: string;
  /**
   * Input of that tool call.
   * @examples [{ "command": "cargo test" }]
   */
  tool_input?: unknown;
  /**
   * Further facts as plain strings.
   * @examples [{ "phase": "done" }]
   */
  metadata?: { [key: string]: string };
}
