#!/usr/bin/env node
import { main } from "../bundle/main.mjs";

await main(process.argv.slice(2));
