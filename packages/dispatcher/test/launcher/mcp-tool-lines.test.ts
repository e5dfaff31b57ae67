/** Lines out of bytes, and secrets out of texts. */
import { expect, it } from "vitest";
import type { McpServer } from "../../dist/contracts.js";
import { Lines } from "../../dist/launcher/mcp-tool/lines.js";
import { hiderFor } from "../../dist/launcher/mcp-tool/secrets.js";

/** The lines of a text that arrives in pieces of so many bytes; those that were cut have a mark. */
function linesOf(text: string, piece: number, longest: number): string[] {
  const found: string[] = [];
  const lines = new Lines(longest, (line, cut) => found.push(cut ? `${line}…` : line));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += piece) lines.push(bytes.subarray(at, at + piece));
  lines.end();
  return found;
}

it.each([1, 2, 3, 5, 1000])("lines are the same in pieces of %i bytes", (piece) => {
  expect(linesOf("one\r\nZürich 🦀\n\n\nthree", piece, 100)).toEqual(["one", "Zürich 🦀", "three"]);
  expect(linesOf("12345\n123456789\n1\n123456", piece, 5)).toEqual(["12345", "12345…", "1", "12345…"]);
});

it("a secret is hidden by its name, the longer one first, and what is too short to be one is not", () => {
  const transport: McpServer["transport"] = {
    kind: "stdio",
    argv: ["server"],
    env: { LEVEL: "debug", TOKEN: "abcdefgh" },
    env_vars: ["LONGER", "UNSET"],
  };
  const server = { name: "s", origin: { file: "/c", line: 1 }, startup_timeout_ms: 1, transport };
  const hide = hiderFor(server, { LONGER: "abcdefgh-more", OTHER: "12345678" });
  expect(hide("debug abcdefgh-more abcdefgh 12345678 abcdefgh")).toBe("debug [LONGER] [TOKEN] 12345678 [TOKEN]");
});
