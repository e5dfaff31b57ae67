import { conformance } from "../../../test/conformance/harness.ts";

conformance(new URL("..", import.meta.url));
