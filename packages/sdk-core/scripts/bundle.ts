import type { UserConfig } from "tsdown";
import * as schema from "../../schema/dist/index.js";

/**
 * `export type *` says that the schema's types are exported and its values are not. The bundled declarations forget the
 * difference and would promise values that are not in the code, so they are taken off the list.
 */
const typesOnly = {
  name: "types-only",
  renderChunk(code: string, chunk: { fileName: string }): string | undefined {
    if (!/\.d\.m?ts$/.test(chunk.fileName)) return undefined;
    const isType = (name: string): boolean => !Object.hasOwn(schema, name.trim());
    return code.replace(
      /export \{([^}]*)\};?\s*$/,
      (_, names: string) => `export {${names.split(",").filter(isType)} };\n`,
    );
  },
};

/** What a reader has to know of an event. Everything else that is said about one is for the dispatcher and the docs. */
const READ = ["type", "order", "snake", "claude", "aliases", "spelled", "env"];

const EVENT_FILE = /[\\/]schema[\\/]dist[\\/]events[\\/](?!index\.)/;

/** Half of the code would be facts that no reader looks at; a hook is loaded for every event. */
const readersFacts = {
  name: "readers-facts",
  async load(id: string): Promise<string | undefined> {
    if (!EVENT_FILE.test(id)) return undefined;
    const exported = Object.entries((await import(id)) as Record<string, Record<string, unknown>>);
    return exported.map(([name, facts]) => `export const ${name} = ${JSON.stringify(pick(facts))};\n`).join("");
  },
};

function pick(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(READ.filter((key) => facts[key] !== undefined).map((key) => [key, facts[key]]));
}

/**
 * The code has no comments and no white space: both are read at every start of a hook, which is half a millisecond. Names stay, so
 * that a stack can be read; what the comments say to users stands with the types.
 */
const SMALL = { compress: true, mangle: false, codegen: { removeWhitespace: true } } as const;

const BANNER = "// All of the SDK. What there is, and how to use it, stands in the .d.mts file beside this one.";

/**
 * An SDK as one file of code and one of types, without any dependency. Built apart: together they would share a third.
 *
 * @param head what the code begins with
 */
export function bundled(config: UserConfig, head = ""): UserConfig[] {
  /** Nothing that is imported may stay outside but what the runtime has, also not for the types. */
  const deps = { alwaysBundle: [/^@xcodex\//], onlyBundle: [], neverBundle: [/^node:/] };
  const whole: UserConfig = { format: "esm", fixedExtension: true, deps, ...config };
  const outputOptions = { comments: false, minify: SMALL, postBanner: head + BANNER } as const;
  return [
    { ...whole, dts: false, plugins: [readersFacts], outputOptions },
    { ...whole, dts: { emitDtsOnly: true, oxc: true }, clean: false, plugins: [typesOnly] },
  ];
}
