/** Tokens of one model response, as the provider counted them. */
export interface TokenUsage {
  /**
   * Tokens sent to the model.
   * @TJS-type integer
   * @examples [1200]
   */
  input_tokens: number;
  /**
   * How many of the input tokens came from the provider's cache.
   * @TJS-type integer
   * @examples [1024]
   */
  cached_input_tokens: number;
  /**
   * Tokens the model wrote.
   * @TJS-type integer
   * @examples [310]
   */
  output_tokens: number;
  /**
   * How many of the output tokens were spent on reasoning.
   * @TJS-type integer
   * @examples [128]
   */
  reasoning_output_tokens: number;
  /**
   * Input and output together.
   * @TJS-type integer
   * @examples [1510]
   */
  total_tokens: number;
}
