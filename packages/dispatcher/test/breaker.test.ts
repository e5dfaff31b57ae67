import { describe, expect, it } from "vitest";
import { createBreaker, FAILURES_TO_OPEN, OPEN_MS } from "../dist/breaker.js";

/** A breaker on a clock of the test's own. */
function breakerAt(start = 0) {
  const clock = { now: start };
  return { clock, breaker: createBreaker({ now: () => clock.now }) };
}

function fail(breaker: ReturnType<typeof createBreaker>, times: number): boolean[] {
  return Array.from({ length: times }, () => breaker.failed());
}

describe("a breaker", () => {
  it("lets everything through while nothing fails", () => {
    const { breaker } = breakerAt();
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
    expect(breaker.succeeded()).toBe(false);
    expect(breaker.opensIn()).toBe(0);
  });

  it("opens at the third failure in a row, and says so once", () => {
    const { breaker } = breakerAt();
    expect(FAILURES_TO_OPEN).toBe(3);
    expect(fail(breaker, 5)).toEqual([false, false, true, false, false]);
    expect(breaker.allows()).toBe(false);
  });

  it("counts failures in a row only", () => {
    const { breaker } = breakerAt();
    fail(breaker, 2);
    breaker.succeeded();
    expect(fail(breaker, 2)).toEqual([false, false]);
    expect(breaker.allows()).toBe(true);
  });

  it("stays open for half a minute, whatever fails meanwhile", () => {
    const { breaker, clock } = breakerAt(1_000);
    fail(breaker, 3);
    expect(breaker.opensIn()).toBe(OPEN_MS);
    clock.now += OPEN_MS - 1;
    breaker.failed();
    expect(breaker.opensIn()).toBe(1);
    expect(breaker.allows()).toBe(false);
    clock.now += 1;
    expect(breaker.opensIn()).toBe(0);
    expect(breaker.allows()).toBe(true);
  });

  it("then lets one through, and nobody else until that has ended", () => {
    const { breaker, clock } = breakerAt();
    fail(breaker, 3);
    clock.now += OPEN_MS;
    expect([breaker.allows(), breaker.allows(), breaker.allows()]).toEqual([true, false, false]);
    clock.now += OPEN_MS;
    expect(breaker.allows()).toBe(false);
  });

  it("closes when the one goes well, and says that this changed something", () => {
    const { breaker, clock } = breakerAt();
    fail(breaker, 3);
    clock.now += OPEN_MS;
    breaker.allows();
    expect(breaker.succeeded()).toBe(true);
    expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
    expect(breaker.succeeded()).toBe(false);
    expect(fail(breaker, 2)).toEqual([false, false]);
  });

  it("opens again for half a minute when the one fails", () => {
    const { breaker, clock } = breakerAt();
    fail(breaker, 3);
    clock.now += OPEN_MS;
    breaker.allows();
    expect(breaker.failed()).toBe(true);
    expect(breaker.opensIn()).toBe(OPEN_MS);
    expect(breaker.allows()).toBe(false);
    clock.now += OPEN_MS;
    expect(breaker.allows()).toBe(true);
  });

  it("is closed by a late success of something tried before", () => {
    const { breaker } = breakerAt();
    fail(breaker, 3);
    expect(breaker.succeeded()).toBe(true);
    expect(breaker.allows()).toBe(true);
  });
});
