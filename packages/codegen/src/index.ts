/**
 * From the schema to the generated files of every language. A language is a folder of `packages/` with a manifest `language.json`;
 * its generator gets the {@link Model} and quicktype, and returns texts.
 *
 * @packageDocumentation
 */
export { CODEGEN_CODES, type CodegenCode, CodegenError, inexpressible } from "./errors.ts";
export {
  type Argv,
  type BenchPrograms,
  type Check,
  findLanguages,
  type InstallableSdk,
  type InstalledFile,
  type Language,
  MANIFEST,
  type Manifest,
  type Requirement,
} from "./manifest.ts";
export type {
  EventModel,
  FieldKind,
  FieldModel,
  LifecycleKey,
  Model,
  NameModel,
  Spelling,
  StructModel,
} from "./model.ts";
export { type QuicktypeOptions, quicktype } from "./quicktype.ts";
export type { Render, RenderTools } from "./render.ts";
