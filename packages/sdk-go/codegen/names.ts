import { inexpressible, type Model, type quicktype } from "@xcodex/hooks-codegen";
import {
  GoRenderer,
  GoTargetLanguage,
  getOptionValues,
  goOptions,
  type LanguageName,
  type RenderContext,
  type RendererOptions,
} from "quicktype-core";

/** What every event has beside its fields: no field may have such a name. */
const OF_EVENTS: readonly string[] = [
  ...["Base", "EventBase", "Reading", "Fields", "Extra", "Raw", "Problems", "MarshalJSON"],
];

/** The same for the objects inside events. */
const OF_STRUCTS: readonly string[] = ["Raw", "MarshalJSON"];

/** From a field on the wire to its name in Go: `duration_ms` is `DurationMS`. */
export type GoName = (field: string) => string;

/**
 * Names as quicktype gives them in Go.
 *
 * @throws CodegenError `inexpressible` where two things of one struct would get one name
 */
export async function goNames(model: Model, run: typeof quicktype): Promise<GoName> {
  let found: GoName | undefined;
  await run(model, { lang: new Language((nameStyle) => (found = nameStyle)), outputFilename: "names.go" });
  const name = found ?? inexpressible("HookEventBase", "quicktype says no names", "Look at its Go renderer.");
  for (const event of model.events) mustDiffer(event.name, event.fields, OF_EVENTS, name);
  for (const struct of [...model.structs, model.dropped]) mustDiffer(struct.name, struct.fields, OF_STRUCTS, name);
  return name;
}

function mustDiffer(
  definition: string,
  fields: readonly { readonly name: string }[],
  taken: readonly string[],
  goName: GoName,
): void {
  const seen = new Set(taken);
  for (const { name } of fields) {
    if (seen.has(goName(name)))
      inexpressible(`${definition}.${name}`, `"${goName(name)}" is taken in Go`, "Rename the field.");
    seen.add(goName(name));
  }
}

/** quicktype's Go, of which only the names are used. */
class Language extends GoTargetLanguage {
  private readonly tell: (nameStyle: GoName) => void;

  constructor(tell: (nameStyle: GoName) => void) {
    super();
    this.tell = tell;
  }

  protected override makeRenderer<Lang extends LanguageName = "go">(
    context: RenderContext,
    options: RendererOptions<Lang>,
  ): GoRenderer {
    return new Renderer(this, context, getOptionValues(goOptions, options), this.tell);
  }
}

class Renderer extends GoRenderer {
  private readonly tell: (nameStyle: GoName) => void;

  constructor(
    language: Language,
    context: RenderContext,
    options: ConstructorParameters<typeof GoRenderer>[2],
    tell: (nameStyle: GoName) => void,
  ) {
    super(language, context, options);
    this.tell = tell;
  }

  protected override emitSourceStructure(): void {
    this.tell(this.namerForObjectProperty().nameStyle);
  }
}
