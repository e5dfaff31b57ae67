export * from "../../../../test/support/temp.ts";
