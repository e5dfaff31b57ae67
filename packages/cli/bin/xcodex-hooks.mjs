#!/usr/bin/env node
import { main } from "../bundle/main.mjs";

// `xcodex-hooks list` is `xcodex hooks list`: for machines where `xcodex` is the agent itself.
await main(["hooks", ...process.argv.slice(2)]);
