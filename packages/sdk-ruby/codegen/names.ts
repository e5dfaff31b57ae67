import { inexpressible, type Model, type quicktype } from "@xcodex/hooks-codegen";
import {
  type ClassType,
  getOptionValues,
  type LanguageName,
  type Name,
  type RenderContext,
  type RendererOptions,
  RubyRenderer,
  RubyTargetLanguage,
  rubyOptions,
} from "quicktype-core";

/** The definition of the fields of every event. */
const BASE = "HookEventBase";

/** Words that quicktype keeps for the gem dry-struct, which is not used here. */
const OF_DRY_STRUCT: readonly string[] = [
  ...[
    "call",
    "constrained",
    "constrained_type",
    "constructor",
    "default",
    "enum",
    "gem",
    "meta",
    "optional",
    "options",
  ],
  ...["pristine", "rule", "safe", "taint", "to_ast", "trust", "try", "type", "untaint", "untrust", "with"],
];

/** Methods of every object, beside those that quicktype knows, and of the runtime: a field must not take their place. */
const OF_EVERY_OBJECT: readonly string[] = [
  ...["extra", "problems", "raw", "to_h", "deconstruct_keys", "initialize", "raise", "require", "yield_self"],
];

/** What events have beside that. */
const OF_EVENTS: readonly string[] = ["type"];

/**
 * Lets quicktype name every class and every field in Ruby, and refuses where it had to avoid a word: names are the same in every
 * language.
 */
export async function checkNames(model: Model, run: typeof quicktype): Promise<void> {
  await run(model, { lang: new Language(model), outputFilename: "events.rb" });
}

/** Names that quicktype must not use. */
interface Words {
  names: string[];
  includeGlobalForbidden: boolean;
}

class Language extends RubyTargetLanguage {
  private readonly model: Model;

  constructor(model: Model) {
    super();
    this.model = model;
  }

  protected override makeRenderer<Lang extends LanguageName = "ruby">(
    context: RenderContext,
    options: RendererOptions<Lang>,
  ): RubyRenderer {
    return new Renderer(this, context, getOptionValues(rubyOptions, options), this.model);
  }
}

class Renderer extends RubyRenderer {
  private readonly model: Model;

  constructor(
    language: Language,
    context: RenderContext,
    options: ConstructorParameters<typeof RubyRenderer>[2],
    model: Model,
  ) {
    super(language, context, options);
    this.model = model;
  }

  protected override forbiddenForObjectProperties(type: ClassType, className: Name): Words {
    const { names } = super.forbiddenForObjectProperties(type, className);
    const kept = (names as readonly string[]).filter((name) => !OF_DRY_STRUCT.includes(name));
    // Each name once: quicktype refuses one that comes twice.
    return { names: [...new Set([...kept, ...OF_EVERY_OBJECT])], includeGlobalForbidden: false };
  }

  protected override emitSourceStructure(): void {
    const refuse = (_: unknown, name: Name): never =>
      inexpressible(this.sourcelikeToString(name), "it is no object", "Only objects have a name in the model.");
    const check = (type: ClassType, name: Name): void => this.checkFields(type, this.sourcelikeToString(name));
    this.forEachNamedType("none", check, refuse, refuse);
    this.mustBeClasses([...this.topLevels.keys()]);
  }

  private checkFields(type: ClassType, name: string): void {
    const isEvent = this.model.events.some((event) => event.name === name);
    const taken = isEvent || name === BASE ? OF_EVENTS : [];
    this.forEachClassProperty(type, "none", (property, field) => {
      if (this.sourcelikeToString(property) === field && !taken.includes(field)) return;
      inexpressible(`${name}.${field}`, "that word means something else in Ruby", "Rename the field.");
    });
  }

  /** A class that had to be called otherwise is the class of something else in Ruby. */
  private mustBeClasses(names: readonly string[]): void {
    const classes: string[] = [];
    this.forEachTopLevel("none", (_, name) => void classes.push(this.sourcelikeToString(name)));
    for (const name of names) {
      if (!classes.includes(name))
        inexpressible(name, "Ruby has something else of this name", "Rename the definition.");
    }
  }
}
