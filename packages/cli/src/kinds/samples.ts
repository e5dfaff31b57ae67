import { join } from "node:path";
import type { HooksPaths } from "@xcodex/hooks-dispatcher";
import { shortName } from "../installed.ts";
import { cautionsOf } from "../modes.ts";
import { findSet, loadSamples, type Samples, sampleFiles, setNames, snippetFor } from "../samples.ts";
import { snippetText } from "../ui/snippet.ts";
import { table } from "../ui/table.ts";
import type { Kind, Shelf } from "./kind.ts";

/** Sample hooks that run as they are. */
export const samples: Kind = {
  names: "<set|all>",

  async open(): Promise<Shelf> {
    const all = await loadSamples();
    return {
      has: (name) => Object.hasOwn(all.sets, name),
      find: (name) =>
        setNames(all, name).map((own) => {
          const set = findSet(all, own);
          return { set: sampleFiles(all, own, set), title: set.title, cautions: cautionsOf(own) };
        }),
      next: (offers, paths) => {
        const names = offers.map(({ set }) => shortName(set.name));
        return snippetsText(names, all, paths);
      },
      asTable: async () => asTable(all),
      asJson: async () => asJson(all),
    };
  },
};

/** What to paste for some sets. Each set is a way of its own to run hooks, so that several are told apart. */
function snippetsText(names: readonly string[], all: Samples, paths: HooksPaths): string {
  const texts = names.map((name) => {
    const set = findSet(all, name);
    const file = set.snippet_file ? join(paths.codex_home, set.snippet_file) : paths.config;
    const text = snippetText(snippetFor(set, paths.hooks), file, set.notes);
    return names.length === 1 ? text : `== ${name} ==\n\n${text}`;
  });
  const choose =
    "Each of these is a way of its own to run hooks, and all of them can be used together. Take what you want.";
  return [...(names.length === 1 ? [] : [choose]), ...texts].join("\n\n");
}

function asTable({ sets }: Samples): string {
  const rows = Object.entries(sets).map(([name, set]) => [name, String(set.files.length), set.title]);
  return table([{ heading: "SET" }, { heading: "FILES", align: "right" }, { heading: "WHAT IT IS" }], rows);
}

function asJson({ sets }: Samples): object {
  return Object.entries(sets).map(([name, { title, files }]) => ({ name, title, files: files.map((file) => file.to) }));
}
