import { run } from "../dist/xcodex_hooks_deno.mjs";

run(() => {});
