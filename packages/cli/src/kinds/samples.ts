import { shortName } from "../installed.ts";
import { findSet, loadSamples, type Samples, sampleFiles, snippetFor } from "../samples.ts";
import { snippetText } from "../ui/snippet.ts";
import { table } from "../ui/table.ts";
import type { Kind, Shelf } from "./kind.ts";

/** Sample hooks that run as they are. */
export const samples: Kind = {
  names: "<set>",

  async open(): Promise<Shelf> {
    const all = await loadSamples();
    return {
      has: (name) => Object.hasOwn(all.sets, name),
      find: (name) => {
        const set = findSet(all, name);
        return [{ set: sampleFiles(all, name, set), title: set.title }];
      },
      next: (offers, paths) =>
        offers
          .map(({ set: { name } }) => findSet(all, shortName(name)))
          .map((set) => snippetText(snippetFor(set, paths.hooks), paths.config, set.notes))
          .join("\n\n"),
      asTable: async () => asTable(all),
      asJson: async () => asJson(all),
    };
  },
};

function asTable({ sets }: Samples): string {
  const rows = Object.entries(sets).map(([name, set]) => [name, String(set.files.length), set.title]);
  return table([{ heading: "SET" }, { heading: "FILES", align: "right" }, { heading: "WHAT IT IS" }], rows);
}

function asJson({ sets }: Samples): object {
  return Object.entries(sets).map(([name, { title, files }]) => ({ name, title, files: files.map((file) => file.to) }));
}
