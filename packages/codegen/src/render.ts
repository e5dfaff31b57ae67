import type { Model } from "./model.ts";
import type { quicktype } from "./quicktype.ts";

/** What a language's generator has at hand. */
export interface RenderTools {
  /** Runs quicktype over the model. */
  readonly quicktype: typeof quicktype;
  /** One line that every generated file carries in a comment. */
  readonly notice: string;
}

/**
 * A language's generator: the export `render` of the module that its manifest names. Pure: the same model gives the same bytes, and
 * nothing is read or written.
 *
 * @returns path relative to the language's folder → text; exactly the files that the manifest lists under `generated`
 * @throws CodegenError `inexpressible` for what the language cannot say, for example two fields that get the same name
 */
export type Render = (model: Model, tools: RenderTools) => Promise<ReadonlyMap<string, string>>;
