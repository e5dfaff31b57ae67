#!/usr/bin/env node
import { main } from "../dist/main.js";

// `xcodex-hooks list` is `xcodex hooks list`: for machines where `xcodex` is the agent itself.
await main(["hooks", ...process.argv.slice(2)]);
