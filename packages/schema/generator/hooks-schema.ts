import { SCHEMA_VERSION } from "../src/base.ts";
import type { EventFacts } from "../src/facts.ts";
import { checkDefinitions, TAG } from "./check-definitions.ts";
import { GENERATED, SCHEMA_KEYS, type SchemaNode } from "./json.ts";
import { refuse } from "./refuse.ts";

type Definitions = Readonly<Record<string, SchemaNode>>;

/** A schema whose definitions are there. */
export type HooksSchema = SchemaNode & { readonly definitions: Definitions };

/**
 * The published schema: pure draft-07, so that every validator compiles it as it is (`discriminator` and `x-…` keywords make
 * ajv throw). The top level is the union of the events; everything else is under `definitions`.
 *
 * @param raw definitions as typescript-json-schema gives them
 * @param catalogue the events, in the order they are listed
 */
export function hooksSchema(raw: Definitions, catalogue: readonly EventFacts[]): HooksSchema {
  const base = Object.keys(raw.HookEventBase?.properties ?? {});
  const tidy = Object.fromEntries(Object.entries(raw).map(([name, node]) => [name, tidyDefinition(node, base)]));
  const oneOf = members(tidy, catalogue);
  const { anyOf: _, ...union } = tidy.HookEvent ?? {};
  const definitions = sorted({ ...tidy, HookEvent: inOrder({ ...union, oneOf }) });
  checkDefinitions(definitions);
  return inOrder({
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `urn:xcodex:hooks:schema:v${SCHEMA_VERSION}`,
    $comment: GENERATED,
    title: "Hook events of coding agents",
    description:
      `An event as a hook reads it on the xcodex wire, schema_version ${SCHEMA_VERSION}. Unknown fields may stand beside the ones ` +
      "described here, and events outside this list are delivered too: validate those against HookEventBase.",
    oneOf,
    definitions,
  }) as HooksSchema;
}

/** The events of the union as references, in the order of the catalogue. Union and catalogue must say the same. */
function members(definitions: Definitions, catalogue: readonly EventFacts[]): SchemaNode[] {
  const byTag = new Map<unknown, SchemaNode>();
  for (const ref of definitions.HookEvent?.anyOf ?? []) {
    const name = ref.$ref?.replace("#/definitions/", "") ?? "HookEvent";
    const tag = definitions[name]?.properties?.[TAG]?.const;
    if (typeof tag !== "string")
      refuse(name, `${TAG} is no constant`, "Declare it, and annotate the facts as EventFacts<TheEvent>.");
    byTag.set(tag, ref);
  }
  if (byTag.size !== catalogue.length)
    refuse("HookEvent", "types and facts are not one to one", "Every event file exports one of each.");
  return catalogue.map(
    (facts) => byTag.get(facts.type) ?? refuse(facts.type, "no type has this tag", `Set ${TAG} in its type.`),
  );
}

/** Base fields first, then the event's own as they are declared; the same order for `required`. */
function tidyDefinition(node: SchemaNode, base: readonly string[]): SchemaNode {
  if (!node.properties) return tidy(node);
  const names = Object.keys(node.properties);
  const ordered = [...base.filter((name) => names.includes(name)), ...names.filter((name) => !base.includes(name))];
  const properties = Object.fromEntries(ordered.map((name) => [name, tidy(node.properties?.[name] ?? {})]));
  const required = ordered.filter((name) => node.required?.includes(name));
  return tidy({ ...node, properties, ...(required.length > 0 && { required }) });
}

function tidy(node: SchemaNode): SchemaNode {
  return inOrder(node.description === undefined ? node : { ...node, description: unwrapped(node.description) });
}

/** Doc comments are wrapped at the width of the source; only their paragraphs mean something. */
function unwrapped(text: string): string {
  return text.trim().replace(/([^\n])\n(?!\n)/g, "$1 ");
}

function inOrder(node: SchemaNode): SchemaNode {
  const known = SCHEMA_KEYS.filter((key) => node[key] !== undefined);
  const others = Object.keys(node).filter((key) => !(SCHEMA_KEYS as readonly string[]).includes(key));
  return Object.fromEntries([...known, ...others].map((key) => [key, node[key as keyof SchemaNode]]));
}

function sorted(definitions: Definitions): Definitions {
  return Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
}
