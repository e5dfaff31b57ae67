/** What a tool says, as the end of a run. */
import type { CallToolResult } from "@modelcontextprotocol/client";
import { type Answer, readAnswer, readAnswerText } from "../../answer.ts";
import { Fault, oneLine } from "./faults.ts";

/**
 * What a tool answers: its `structuredContent`, when that says anything, else its texts. Throws a fault when it says that it failed.
 *
 * Servers put a text that a function returned into `structuredContent` as `{"result": "…"}`: then the text itself is the answer.
 */
export function answerOf(result: CallToolResult): Answer {
  const text = textIn(result);
  if (result.isError === true) throw toolFailed(text);
  const { structuredContent: structured } = result;
  if (structured === undefined) return readAnswerText(text);
  const wrapped = wrappedText(structured);
  if (wrapped !== undefined) return readAnswerText(wrapped);
  const answer = readAnswer(structured);
  if (answer.kind !== "silent") return answer;
  const said = readAnswerText(text);
  return said.kind === "block" ? said : answer;
}

function wrappedText(structured: unknown): string | undefined {
  const [only, ...others] = Object.entries(structured ?? {});
  const [key, text]: readonly unknown[] = only ?? [];
  return key === "result" && typeof text === "string" && others.length === 0 ? text : undefined;
}

function textIn({ content }: CallToolResult): string {
  return (content ?? []).flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

function toolFailed(text: string): Fault {
  const words = oneLine(text);
  const state = words === "" ? "it says that it failed, and no more" : `it failed: ${words.replace(/[.!?]+$/, "")}`;
  return new Fault("tool_failed", state, "Mend what it complains about");
}
