import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { describe, expect, it } from "vitest";
import { addToToml } from "../dist/add-to-toml.js";

/** What `init pyo3` adds: keys of a table that people have already, and a table. */
const SNIPPET = `[hooks]
enable_unsafe_inproc = true
inproc = ["pyo3"]

[hooks.pyo3]
script_path = "hooks/pyo3_hook.py"
callable = "on_event"
`;

const PYO3 = '[hooks.pyo3]\nscript_path = "hooks/pyo3_hook.py"\ncallable = "on_event"\n';

function added(text: string): string {
  const addition = addToToml(text, SNIPPET);
  if (addition.kind !== "add") throw new Error(`not added: ${JSON.stringify(addition)}`);
  return addition.text;
}

describe("keys and a table are added where TOML wants them, and nothing else changes", () => {
  it.each([
    ["to nothing", "", SNIPPET],
    ["to a file without hooks", 'model = "x" # why\n', `model = "x" # why\n\n${SNIPPET}`],
    [
      "below a header, before what stands there",
      "[hooks] # mine\n# a comment\nkeep_last_n_payloads = 3\n\n[tui]\nx = 1\n",
      `[hooks] # mine\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n# a comment\nkeep_last_n_payloads = 3\n\n[tui]\nx = 1\n\n${PYO3}`,
    ],
    [
      "below a header that ends the file without a line end",
      "[hooks]",
      `[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n\n${PYO3}`,
    ],
    [
      "below a header with quotes and blanks",
      '[ "hooks" ]\na = 1\n',
      `[ "hooks" ]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\na = 1\n\n${PYO3}`,
    ],
    [
      "below a header of its own where only tables of hooks are",
      "[hooks.command]\ndefault_timeout_sec = 3\n\n[[hooks.command.Stop]]\nhooks = []\n",
      `[hooks.command]\ndefault_timeout_sec = 3\n\n[[hooks.command.Stop]]\nhooks = []\n\n${SNIPPET}`,
    ],
    [
      "beside dotted keys, which no header may follow",
      "hooks.keep_last_n_payloads = 3 # few\nhooks.wire = 'kebab'\nmodel = 'x'\n",
      `hooks.keep_last_n_payloads = 3 # few\nhooks.wire = 'kebab'\nhooks.enable_unsafe_inproc = true\nhooks.inproc = ["pyo3"]\nmodel = 'x'\n\n${PYO3}`,
    ],
    [
      "beside dotted keys that go over several lines",
      "hooks.session_start = [\n  ['true'],\n]\n[tui]\n",
      `hooks.session_start = [\n  ['true'],\n]\nhooks.enable_unsafe_inproc = true\nhooks.inproc = ["pyo3"]\n[tui]\n\n${PYO3}`,
    ],
    [
      "behind the last item of a list",
      '[hooks]\ninproc = ["tool_call_summary"] # one\n',
      `[hooks]\nenable_unsafe_inproc = true\ninproc = ["tool_call_summary", "pyo3"] # one\n\n${PYO3}`,
    ],
    [
      "into a list over several lines, with comments and a comma at its end",
      '[hooks]\nenable_unsafe_inproc = true\ninproc = [\n  # these\n  "tool_call_summary", # one\n]\n',
      `[hooks]\nenable_unsafe_inproc = true\ninproc = [\n  # these\n  "tool_call_summary", "pyo3", # one\n]\n\n${PYO3}`,
    ],
    [
      "into an empty list",
      "[hooks]\ninproc = [ ]\nenable_unsafe_inproc = true\n",
      `[hooks]\ninproc = ["pyo3" ]\nenable_unsafe_inproc = true\n\n${PYO3}`,
    ],
    [
      "into a list under a dotted key",
      "hooks.inproc = ['event_log_jsonl']\n",
      `hooks.inproc = ['event_log_jsonl', "pyo3"]\nhooks.enable_unsafe_inproc = true\n\n${PYO3}`,
    ],
    [
      "the flag alone",
      '[hooks]\ninproc = ["pyo3"]\n\n[hooks.pyo3]\nscript_path = "mine.py"\n',
      '[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n\n[hooks.pyo3]\nscript_path = "mine.py"\n',
    ],
    [
      "the table alone",
      '[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n',
      `[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\n\n${PYO3}`,
    ],
    [
      "an item of the list in an inline table, where that is all",
      "hooks = { enable_unsafe_inproc = true, inproc = ['a'], pyo3 = { script_path = 'x' } }\n",
      "hooks = { enable_unsafe_inproc = true, inproc = ['a', \"pyo3\"], pyo3 = { script_path = 'x' } }\n",
    ],
    [
      "with the line ends of Windows",
      "[hooks]\r\nwire = 'kebab'\r\n",
      `[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\nwire = 'kebab'\n\n${PYO3}`.replaceAll("\n", "\r\n"),
    ],
    [
      "behind a byte order mark",
      "\uFEFF[hooks]\nwire = 'kebab'\n",
      `\uFEFF[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\nwire = 'kebab'\n\n${PYO3}`,
    ],
    [
      "not to what only looks like a header",
      'text = """\n[hooks]\n"""\n[hooks]\nnotes = "[hooks]"\n',
      `text = """\n[hooks]\n"""\n[hooks]\nenable_unsafe_inproc = true\ninproc = ["pyo3"]\nnotes = "[hooks]"\n\n${PYO3}`,
    ],
  ])("%s", (_, before, after) => {
    expect(added(before)).toBe(after);
    const values = getStaticTOMLValue(parseTOML(after.replace("\uFEFF", ""), { tomlVersion: "1.1" })) as {
      hooks: Record<string, unknown>;
    };
    expect(values.hooks).toMatchObject({
      enable_unsafe_inproc: true,
      inproc: expect.arrayContaining(["pyo3"]) as unknown,
    });
    expect(addToToml(after, SNIPPET).kind).toBe("skip");
  });
});

describe("what is there already is named", () => {
  it("when all of it is there, as the snippet has it", () => {
    expect(addToToml(SNIPPET, SNIPPET)).toEqual({
      kind: "skip",
      there: ["hooks.enable_unsafe_inproc", "hooks.inproc", "[hooks.pyo3]"],
      different: [],
    });
  });

  it("when a table is there in another way", () => {
    const addition = addToToml('[hooks.pyo3]\nscript_path = "mine.py"\n', SNIPPET);
    expect(addition).toMatchObject({
      kind: "add",
      there: ["[hooks.pyo3]"],
      different: [{ table: "[hooks.pyo3]", source: PYO3.trimEnd() }],
    });
  });
});

describe("what the user wrote stands", () => {
  it.each([
    [
      "a gate that was closed by hand",
      "[hooks]\nenable_unsafe_inproc = false\n",
      '"hooks.enable_unsafe_inproc" is false there',
    ],
    ["a gate that is no boolean", '[hooks]\nenable_unsafe_inproc = "yes"\n', 'is "yes" there, and this needs true'],
    ["a list that is none", '[hooks]\ninproc = "pyo3"\n', '"hooks.inproc" is "pyo3" there, and has to be a list'],
    ["a date in its place", "[hooks]\ninproc = 2020-01-01\n", '"hooks.inproc" is a date there'],
    ["a value in the table's place", "[hooks]\npyo3 = 1\n", '"hooks.pyo3" is not a table there'],
    ["an array of tables in its place", "[[hooks.pyo3]]\n", '"hooks.pyo3" is not a table there'],
    ["hooks that are no table", "hooks = 1\n", '"hooks" is not a table there'],
    ["an array of tables", "[[hooks]]\na = 1\n", '"hooks" is not a table there'],
    ["an inline table", "hooks = { wire = 'kebab' }\n", "written as an inline table"],
    ["an empty inline table", "hooks = {}\n", "written as an inline table"],
  ])("%s", (_, text, why) => {
    expect(addToToml(text, SNIPPET)).toEqual({ kind: "refuse", why: expect.stringContaining(why) as string });
  });
});

describe("comments of a snippet", () => {
  const commented = "# Why.\n[hooks]\n# The gate.\na = true\n\n# Below.\n[hooks.b]\nc = 1\n# [hooks.d]\n";

  it("come along with its tables", () => {
    expect(addToToml("", commented)).toMatchObject({ text: commented });
    expect(addToToml("[hooks]\na = true\n", commented)).toMatchObject({
      text: "[hooks]\na = true\n\n# Below.\n[hooks.b]\nc = 1\n# [hooks.d]\n",
    });
  });
});
