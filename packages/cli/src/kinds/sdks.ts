import { CliError } from "../errors.ts";
import { lookInside } from "../inside-hooks.ts";
import type { Installed, InstalledSet } from "../installed.ts";
import { type FileState, stateOf } from "../plan-files.ts";
import { findSdks, loadSdks, named, type Sdk, type Sdks, sdkFiles } from "../sdks.ts";
import { count } from "../ui/printable.ts";
import { sdkSteps } from "../ui/sdk-steps.ts";
import { table } from "../ui/table.ts";
import { compareVersions } from "../version-order.ts";
import type { Kind, Shelf } from "./kind.ts";

/** SDKs and their templates, to write hooks with. */
export const sdks: Kind = {
  names: "<sdk|all>",

  async open(): Promise<Shelf> {
    const all = await loadSdks();
    return {
      has: (name) => named(all, name) !== undefined,
      find: (name) => findSdks(all, name).map((sdk) => ({ set: sdkFiles(all, sdk), title: sdk.title })),
      next: (offers, paths) => {
        const names = offers.map(({ set }) => set.name);
        const chosen = all.sdks.filter((sdk) => names.includes(sdkFiles(all, sdk).name));
        return sdkSteps(chosen, paths);
      },
      asTable: (installed, hooks) => asTable(all, installed, hooks),
      asJson: (installed, hooks) => asJson(all, installed, hooks),
    };
  },
};

/** An SDK that is installed, and what became of its files. */
interface There {
  readonly version: string;
  readonly than_this: "older" | "same" | "newer";
  readonly edited: readonly string[];
  readonly missing: readonly string[];
}

async function asTable(all: Sdks, installed: Installed, hooks: string): Promise<string> {
  const rows = all.sdks.map(async (sdk) => {
    const there = await lookFor(sdk, all, installed, hooks);
    return [sdk.id, sdk.aliases.join(", "), there ? thereText(there) : "-", sdk.title];
  });
  const headings = ["SDK", "ALIASES", "INSTALLED", "WHAT IT IS"].map((heading) => ({ heading }));
  return table(headings, await Promise.all(rows));
}

/** `0.1.0`, `0.1.0, older`, `0.1.0 (2 files edited)`. */
function thereText({ version, than_this, edited, missing }: There): string {
  const changes = [
    ...(edited.length === 0 ? [] : [`${count(edited.length, "file")} edited`]),
    ...(missing.length === 0 ? [] : [`${count(missing.length, "file")} missing`]),
  ];
  const age = than_this === "same" ? "" : `, ${than_this}`;
  return version + age + (changes.length === 0 ? "" : ` (${changes.join(", ")})`);
}

async function asJson(all: Sdks, installed: Installed, hooks: string): Promise<object> {
  const sdks = all.sdks.map(async (sdk) => ({
    ...{ id: sdk.id, aliases: sdk.aliases, title: sdk.title, version: all.version },
    installed: (await lookFor(sdk, all, installed, hooks)) ?? null,
    files: sdk.files.map((file) => file.to),
    template: sdk.template.source,
  }));
  return Promise.all(sdks);
}

async function lookFor(sdk: Sdk, all: Sdks, installed: Installed, hooks: string): Promise<There | undefined> {
  const { name } = sdkFiles(all, sdk);
  const set = Object.hasOwn(installed.sets, name) ? installed.sets[name] : undefined;
  if (!set) return undefined;
  const order = compareVersions(set.version, all.version);
  return {
    version: set.version,
    than_this: order < 0 ? "older" : order > 0 ? "newer" : "same",
    ...(await changesOf(set, hooks)),
  };
}

async function changesOf(set: InstalledSet, hooks: string): Promise<Pick<There, "edited" | "missing">> {
  const states = await Promise.all(
    Object.entries(set.files).map(async ([to, hash]) => ({ to, state: await stateAt(hooks, to, hash) })),
  );
  const those = (state: string): readonly string[] => states.filter((file) => file.state === state).map(({ to }) => to);
  return { edited: those("edited"), missing: those("missing") };
}

/** A list is for looking around: what is in a file's way, a folder say, is one more change. */
async function stateAt(hooks: string, to: string, hash: string): Promise<FileState> {
  try {
    return stateOf(await lookInside(hooks, to), undefined, [hash]);
  } catch (error) {
    if (error instanceof CliError) return "edited";
    throw error;
  }
}
