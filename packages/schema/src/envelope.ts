/**
 * The small object that a hook finds on stdin when its payload is too large for it (seed 001, "Payload delivery"). The payload
 * itself is in the file: read it, compare length and hash, parse it.
 */
export interface HookStdinEnvelope {
  /**
   * Version of the payload schema.
   * @TJS-type integer
   * @minimum 1
   * @examples [1]
   */
  schema_version: number;
  /**
   * Id of the event.
   * @examples ["6f1f2a5e-3f0c-4b8e-9a53-0d3c9f5f2b11"]
   */
  event_id: string;
  /**
   * When the event happened: RFC 3339, UTC.
   * @format date-time
   * @examples ["2026-01-11T23:59:59Z"]
   */
  timestamp: string;
  /**
   * Name the hook knows the event by.
   * @examples ["PostToolUse"]
   */
  hook_event_name: string;
  /**
   * Canonical type of the event.
   * @examples ["tool-call-finished"]
   */
  xcodex_event_type: string;
  /**
   * Absolute path of the file with the whole payload. It is there as long as the hook runs.
   * @examples ["/home/dev/.codex/tmp/hooks/payloads/1768175999000-6f1f2a5e.json"]
   */
  payload_path: string;
  /**
   * Length of that file in bytes.
   * @TJS-type integer
   * @minimum 0
   * @examples [204800]
   */
  payload_bytes?: number;
  /**
   * SHA-256 of that file, lowercase hexadecimal.
   * @examples ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
   */
  payload_sha256?: string;
}
