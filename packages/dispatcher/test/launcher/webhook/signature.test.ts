/** What can be said about a request without a server: its signature, its pauses, where it may go. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signingKey } from "../../../dist/http-rules.js";
import { redirectFrom } from "../../../dist/launcher/webhook/address.js";
import { backOff, retryAfter } from "../../../dist/launcher/webhook/pauses.js";
import { signatureOf } from "../../../dist/launcher/webhook/signature.js";
import { end } from "../support.ts";
import { job, makeCore, webhook } from "./runs.ts";
import { answer, serve } from "./servers.ts";

test("the example of Standard Webhooks has the signature that is published with it", () => {
  const key = signingKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  expect(key).toHaveLength(24);
  const body = Buffer.from('{"test": 2432232314}');
  const signed = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1614265330, body };
  expect(signatureOf(signed, key as Buffer)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("what is signed is what is sent", async () => {
  const { origin, received } = await serve([answer(503), answer(200)]);
  const { core } = makeCore();
  const signing_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  await end(core, job(webhook(origin, { signing_secret, retry_count: 1 })));
  for (const { headers, body } of received) {
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    const mac = createHmac("sha256", Buffer.from(signing_secret.slice(6), "base64"))
      .update(signed)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  }
  expect(received).toHaveLength(2);
});

test("the prefix of a secret may be left out, as the standard's own libraries have it", () => {
  expect(signingKey("aGlkZGVuIQ==")).toEqual(Buffer.from("hidden!"));
  expect(signingKey("whsec_aGlkZGVuIQ==")).toEqual(Buffer.from("hidden!"));
});

test.each(["", "whsec_", "hunter2", "whsec_hunter2", "whsec_MfKQ9r8G\n", "whsec_MfKQ-_8G"])(
  "%j is no secret",
  (secret) => expect(signingKey(secret)).toBeUndefined(),
);

test.each([
  ["120", 120_000],
  ["0", 0],
  [" 7 ", 7000],
  ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["soon", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["2026-01-01T00:01:00Z", undefined],
  ["Thu, 99 Foo 2026 00:01:00 GMT", undefined],
  [undefined, undefined],
])("Retry-After %j asks for %s ms", (value, wanted) => {
  expect(retryAfter(value, Date.parse("2026-01-01T00:00:00Z"))).toBe(wanted);
});

test.each([
  [1, 250],
  [2, 500],
  [3, 1000],
  [8, 30_000],
  [2000, 30_000],
])("before the try after number %i it waits between half of %i ms and all of it", (tries, most) => {
  const waits = Array.from({ length: 200 }, () => backOff(tries));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(most / 2);
  expect(Math.max(...waits)).toBeLessThanOrEqual(most);
  expect(new Set(waits).size).toBeGreaterThan(100);
});

test.each([
  ["https://a.example/x", 307, "https://a.example/y?z=1", "https://a.example/y?z=1"],
  ["https://a.example/x", 308, "//a.example:443/y", "https://a.example/y"],
  ["https://a.example:8443/x", 308, "/y", "https://a.example:8443/y"],
  ["http://localhost/x", 307, "https://localhost/x", "https://localhost/x"],
])("from %s, %i to %s is followed", (from, status, location, to) => {
  expect(redirectFrom(new URL(from), status, location)).toEqual({ follow: new URL(to) });
});

test.each([
  ["https://a.example/x", 307, "http://a.example/y"],
  ["https://a.example/x", 307, "https://b.example/y"],
  ["https://a.example/x", 307, "https://a.example.b.example/y"],
  ["https://a.example/x", 307, "https://a.example:8443/y"],
  ["https://a.example/x", 307, "https://a.example@b.example/"],
  ["https://a.example/x", 302, "https://a.example/y"],
  ["https://localhost/x", 307, "http://localhost/x"],
  ["https://a.example/x", 307, "javascript:alert(1)"],
  ["https://a.example/x", 307, "file:///etc/passwd"],
])("from %s, %i to %s is not", (from, status, location) => {
  expect(redirectFrom(new URL(from), status, location)).toHaveProperty("refused");
});
