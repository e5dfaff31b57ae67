import { inexpressible, type Model, type RenderTools } from "@xcodex/hooks-codegen";
import {
  type ClassType,
  getOptionValues,
  JavaRenderer,
  JavaTargetLanguage,
  javaOptions,
  type Name,
  type RenderContext,
} from "quicktype-core";

/** How a field is written in Java. */
export interface JavaField {
  /** Name of the record's component. */
  readonly name: string;
  /** Its type; one that can be null when the field is optional. */
  readonly type: string;
}

/** Name of a definition → name of a field on the wire → how it is written in Java. */
export type JavaNames = ReadonlyMap<string, ReadonlyMap<string, JavaField>>;

/** What no component can be called: records have methods of these names, and so have our events. */
const TAKEN = [
  ...["clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait"],
  ...["extra", "fields", "of", "problems", "raw", "reading"],
];

/**
 * Asks quicktype what everything is called in Java and which type it has. The texts are our own: quicktype's classes are beans.
 *
 * @throws CodegenError `inexpressible` for two fields that get one name
 */
export async function javaNames(model: Model, quicktype: RenderTools["quicktype"]): Promise<JavaNames> {
  const names = new Map<string, ReadonlyMap<string, JavaField>>();
  const rendererOptions = { "array-type": "list", "acronym-style": "camel" };
  const lang = new NamesLanguage(names);
  await quicktype(withStructsOnTop(model), { lang, rendererOptions, outputFilename: "Hooks.java" });
  for (const { name } of [...model.events, ...model.structs, model.dropped]) {
    const fields = names.get(name);
    if (!fields) inexpressible(name, "a class of Java cannot have that name", "Rename the definition.");
    mustDiffer(name, [...fields.keys()]);
  }
  return names;
}

/** quicktype names a class after the field in which it finds it, unless the class stands by itself. */
function withStructsOnTop(model: Model): Model {
  const facts = { type: "", summary: "", defaultName: "", gate: false, spelled: [], lifecycle: [] };
  return { ...model, events: [...model.events, ...model.structs.map((struct) => ({ ...facts, ...struct }))] };
}

/** quicktype would number them, and which gets which number depends on the order of the fields. */
function mustDiffer(definition: string, fields: readonly string[]): void {
  const taken = new Map<string, string>();
  for (const field of fields) {
    const name = camelCase(field);
    const other = taken.get(name);
    if (other !== undefined)
      inexpressible(`${definition}.${field}`, `"${other}" is ${name} in Java too`, "Rename one.");
    taken.set(name, field);
  }
}

function camelCase(field: string): string {
  return field.toLowerCase().replaceAll(/_+([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

class NamesLanguage extends JavaTargetLanguage {
  private readonly found: Map<string, ReadonlyMap<string, JavaField>>;

  constructor(found: Map<string, ReadonlyMap<string, JavaField>>) {
    super();
    this.found = found;
  }

  protected override makeRenderer(context: RenderContext, options: Record<string, unknown>): JavaRenderer {
    return new NamesRenderer(this, context, getOptionValues(javaOptions, options), this.found);
  }
}

/** Writes nothing down but the names. */
class NamesRenderer extends JavaRenderer {
  private readonly found: Map<string, ReadonlyMap<string, JavaField>>;

  constructor(
    language: NamesLanguage,
    context: RenderContext,
    options: ConstructorParameters<typeof JavaRenderer>[2],
    found: Map<string, ReadonlyMap<string, JavaField>>,
  ) {
    super(language, context, options);
    this.found = found;
  }

  protected override forbiddenForObjectProperties(): { names: string[]; includeGlobalForbidden: boolean } {
    return { names: TAKEN, includeGlobalForbidden: true };
  }

  protected override emitSourceStructure(): void {
    this.forEachNamedType(
      "none",
      (type: ClassType, name: Name) => this.found.set(this.sourcelikeToString(name), this.fieldsOf(type)),
      () => {},
      () => {},
    );
  }

  private fieldsOf(type: ClassType): ReadonlyMap<string, JavaField> {
    const fields = new Map<string, JavaField>();
    this.forEachClassProperty(type, "none", (name, wire, property) => {
      const javaType = this.sourcelikeToString(this.javaType(property.isOptional, property.type));
      fields.set(wire, { name: this.sourcelikeToString(name), type: javaType });
    });
    return fields;
  }
}
