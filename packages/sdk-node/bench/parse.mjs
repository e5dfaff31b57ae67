// Nanoseconds per parse of one payload: parse.mjs FILE ROUNDS. The first tenth of the rounds does not count.
import { readFileSync } from "node:fs";
import { parseEvent } from "../dist/index.mjs";

const [, , file, rounds] = process.argv;
const payload = readFileSync(file);
const warm = Math.floor(Number(rounds) / 10);
for (let round = 0; round < warm; round++) parseEvent(payload);
const startedAt = process.hrtime.bigint();
for (let round = warm; round < Number(rounds); round++) parseEvent(payload);
console.log(Number(process.hrtime.bigint() - startedAt) / (Number(rounds) - warm));
