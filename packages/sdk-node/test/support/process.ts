export * from "../../../../test/support/process.ts";
