// Nanoseconds per parse of one payload: parse.ts FILE ROUNDS. The first tenth of the rounds does not count.
import { parseEvent } from "../dist/xcodex_hooks_deno.mjs";

const [file = "", rounds] = Deno.args;
const payload = Deno.readFileSync(file);
const warm = Math.floor(Number(rounds) / 10);
for (let round = 0; round < warm; round++) parseEvent(payload);
const startedAt = performance.now();
for (let round = warm; round < Number(rounds); round++) parseEvent(payload);
console.log(((performance.now() - startedAt) * 1e6) / (Number(rounds) - warm));
