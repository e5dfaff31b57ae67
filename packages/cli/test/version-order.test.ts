import { describe, expect, it } from "vitest";
import { compareVersions } from "../dist/version-order.js";

describe("versions are ordered as semantic versioning says", () => {
  const ordered = [
    ...["0.1.0", "0.2.0", "0.10.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2"],
    ...["1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "2.0.0"],
  ];

  it.each(ordered.slice(1).map((newer, index) => [ordered[index] ?? "", newer]))("%s before %s", (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(compareVersions(older, older)).toBe(0);
  });

  it("does not count build metadata", () => {
    expect(compareVersions("1.0.0+a", "1.0.0+b")).toBe(0);
  });
});
