import { defineConfig } from "tsdown";
import { bundled } from "../sdk-core/scripts/bundle.ts";

export default defineConfig(bundled({ entry: { index: "src/index.ts" }, platform: "node", target: "node20.19" }));
