import { describe, expect, it } from "vitest";
import { isHostLine } from "../dist/index.js";

describe("isHostLine", () => {
  it.each([
    '{"type":"event","seq":1,"event":{}}',
    '  {"seq" : 7 , "event" : {"type":"x"}, "type" : "hook-event"}\r',
    '{"type":"events-dropped","from_seq":1,"to_seq":2,"count":2,"reason":"queue full"}',
  ])("says yes to %s", (text) => expect(isHostLine(text)).toBe(true));

  it.each([
    "",
    "{",
    '{"type":"event"',
    '{"type":"event","seq":1}',
    '{"type":"event","seq":"1","event":{}}',
    '{"type":"event","seq":1,"event":[]}',
    '{"type":"event","event":{}}',
    '{"type":"events-dropped"}',
    '{"type":"agent-turn-complete","event-id":"1","event":{},"seq":1}',
    '{"tool_input":{"type":"event","seq":1,"event":{}}}',
    '[{"type":"event","seq":1,"event":{}}]',
    '{"prompt":"\\"type\\":\\"event\\""}',
  ])("says no to %s", (text) => expect(isHostLine(text)).toBe(false));
});
