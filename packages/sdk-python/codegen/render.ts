import type { Render } from "@xcodex/hooks-codegen";
import { catalogueModule } from "./catalogue.ts";
import { modelsModule } from "./models.ts";
import { checkNames } from "./names.ts";
import { payloadsModule } from "./payloads.ts";
import { docstring } from "./python.ts";
import { typesModule } from "./types.ts";

/**
 * The generated files of Python: tables for the runtime (`catalogue.py`), a class per event for programs and type checkers
 * (`types.py`), the same events as dataclasses (`models.py`), and as the dicts that they are on the wire (`payloads.py`).
 */
export const render: Render = async (model, { quicktype, notice }) => {
  await checkNames(model, quicktype);
  return new Map([
    [`${FOLDER}/__init__.py`, `${docstring(notice)}\n`],
    [`${FOLDER}/catalogue.py`, catalogueModule(model, notice)],
    [`${FOLDER}/types.py`, typesModule(model, notice)],
    [`${FOLDER}/models.py`, modelsModule(model, notice)],
    [`${FOLDER}/payloads.py`, payloadsModule(model, notice)],
  ]);
};

const FOLDER = "xcodex_hooks/generated";
