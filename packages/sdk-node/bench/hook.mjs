import { run } from "../dist/index.mjs";

run(() => {});
