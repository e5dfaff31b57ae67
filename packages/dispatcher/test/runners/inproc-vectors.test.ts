import { describe } from "vitest";
import { runVectors } from "./vectors.ts";

describe("hooks in JavaScript within the agent's process", () => runVectors("inproc"));
