import { describe, expect, it } from "vitest";
import { nearest } from "../../dist/config/nearest.js";

const KEYS = ["session_start", "session_end", "stop", "PreToolUse", "pre_tool_use", "timeout_sec", "notification"];

describe("the nearest name", () => {
  it.each([
    ["session_strat", "session_start"],
    ["sesion_end", "session_end"],
    ["stpo", "stop"],
    ["stopp", "stop"],
    ["PRETOOLUSE", "PreToolUse"],
    ["pre-tool-use", "pre_tool_use"],
    ["pretooluse", "pre_tool_use"],
    ["timeout", "timeout_sec"],
    ["notificaton", "notification"],
  ])("to %s is %s", (name, expected) => {
    expect(nearest(name, KEYS)).toBe(expected);
  });

  it("is none when nothing is near", () => {
    for (const name of ["", "x", "ses", "everything_else", "shape", "session", "a".repeat(10_000)]) {
      expect(nearest(name, KEYS), name.slice(0, 20)).toBeUndefined();
    }
  });

  it("is never the name itself", () => {
    expect(nearest("stop", ["stop"])).toBeUndefined();
  });
});
