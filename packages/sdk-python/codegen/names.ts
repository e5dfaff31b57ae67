import { type FieldModel, inexpressible, type Model, type RenderTools } from "@xcodex/hooks-codegen";
import {
  type ClassType,
  getOptionValues,
  type LanguageName,
  type Name,
  PythonRenderer,
  PythonTargetLanguage,
  pythonOptions,
  type RenderContext,
  type RendererOptions,
} from "quicktype-core";

/** Name of the definition with the fields of every event. */
export const BASE = "HookEventBase";

/** The discriminator: every class has its own. */
export const TAG = "xcodex_event_type";

/** What type checkers are told that the type of an unknown event is: a text that no other event's type equals. */
export const OUTSIDE = 'Literal["(outside the catalogue)"]';

const KEYWORDS =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";

/** Attributes that an event has already: those of a dict, and the one that the runtime adds. */
const OF_EVENTS = "type clear copy fromkeys get items keys pop popitem setdefault update values";

/** The class method with which a model of an object is made. */
const OF_MODELS = "of";

/**
 * Lets quicktype name every class and every field in Python, and refuses where it had to avoid a word: names are the same in every
 * language.
 *
 * @throws CodegenError `inexpressible`
 */
export async function checkNames(model: Model, quicktype: RenderTools["quicktype"]): Promise<void> {
  await quicktype(model, { lang: new Language(), outputFilename: "types.py" });
  const events = [{ name: BASE, fields: model.base }, ...model.events];
  const taken = OF_EVENTS.split(" ");
  for (const { name, fields } of events) {
    for (const field of fields) if (taken.includes(field.name)) refuse(`${name}.${field.name}`);
  }
  for (const { name, fields } of [...model.structs, model.dropped]) {
    for (const field of fields) if (field.name === OF_MODELS) refuse(`${name}.${field.name}`);
  }
}

function refuse(path: string): never {
  return inexpressible(path, "that word means something else in Python", "Rename the field.");
}

class Language extends PythonTargetLanguage {
  protected override makeRenderer<Lang extends LanguageName = "python">(
    context: RenderContext,
    options: RendererOptions<Lang>,
  ): PythonRenderer {
    return new Renderer(this, context, getOptionValues(pythonOptions, options));
  }
}

/** Names that quicktype must not use. */
interface Words {
  readonly names: string[];
  readonly includeGlobalForbidden: boolean;
}

class Renderer extends PythonRenderer {
  /** Only what really cannot be an attribute: quicktype's own list has `print`. */
  protected override forbiddenForObjectProperties(): Words {
    return { names: KEYWORDS.split(" "), includeGlobalForbidden: false };
  }

  protected override emitSourceStructure(): void {
    const check = (type: ClassType, name: Name): void => this.checkFields(type, this.sourcelikeToString(name));
    const ignore = (): void => {};
    this.forEachNamedType("none", check, ignore, ignore);
    const classes = new Set<string>();
    this.forEachTopLevel("none", (_, name) => void classes.add(this.sourcelikeToString(name)));
    for (const name of this.topLevels.keys()) if (!classes.has(name)) refuse(name);
  }

  private checkFields(type: ClassType, name: string): void {
    this.forEachClassProperty(type, "none", (property, field) => {
      if (this.sourcelikeToString(property) !== field) refuse(`${name}.${field}`);
    });
  }
}

/** The Python type of a field. An optional one that is not there is None; `Any` says that already. */
export function typeOf({ kind, struct, required }: FieldModel, absent: "None" | "absent" = "None"): string {
  const type = { ...TYPES, ...(struct === undefined ? {} : { object: struct, array: `list[${struct}]` }) }[kind];
  return required || absent === "absent" || type === "Any" ? type : `${type} | None`;
}

const TYPES = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  object: "dict[str, Any]",
  array: "list[Any]",
  strings: "list[str]",
  any: "Any",
} as const;
