/** What makes sure that a request reaches whom it is meant for, and nobody else. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeHome } from "../support.ts";
import { runAgent } from "./agents.ts";
import { canCertify, certificateFor, withCertificates } from "./certificates.ts";
import { gate, job, webhook } from "./runs.ts";
import { answer, json, serve } from "./servers.ts";

describe.skipIf(!canCertify)(withCertificates("a webhook over https"), () => {
  test.each([{}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }])(
    "a certificate that nobody vouches for is refused, and not asked twice, with the environment %j",
    async (env) => {
      const { origin, received } = await serve(answer(200), certificateFor("IP:127.0.0.1"));
      const [over] = await runAgent(makeHome(), job(webhook(origin, { retry_count: 3 })), "close", env);
      expect(over).toMatchObject({ outcome: "failed", code: "tls_failed", attempts: 1 });
      expect(over?.message).toContain("its certificate cannot be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)");
      expect(received).toEqual([]);
    },
  );

  test("an authority of one's own is named in NODE_EXTRA_CA_CERTS", async () => {
    const certificate = certificateFor("IP:127.0.0.1");
    const { origin, received } = await serve(json({ decision: "block", reason: "no" }), certificate);
    const env = { NODE_EXTRA_CA_CERTS: certificate.file };
    const [over] = await runAgent(makeHome(), job(gate(`${origin}/x`)), "close", env);
    expect(over).toMatchObject({ outcome: "blocked", reason: "no", status: 200 });
    expect(received).toMatchObject([{ path: "/x", body: '{"hello":"wörld"}' }]);
  });

  test("a certificate for another name is refused", async () => {
    const certificate = certificateFor("DNS:hooks.example.com");
    const { origin, received } = await serve(answer(200), certificate);
    const env = { NODE_EXTRA_CA_CERTS: certificate.file };
    const [over] = await runAgent(makeHome(), job(webhook(origin)), "close", env);
    expect(over).toMatchObject({ outcome: "failed", code: "tls_failed" });
    expect(over?.message).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(received).toEqual([]);
  });

  test("a server that speaks no TLS is no secure one", async () => {
    const { origin, received } = await serve(answer(200));
    const [over] = await runAgent(
      makeHome(),
      job(webhook(origin.replace("http:", "https:"), { retry_count: 2 })),
      "close",
    );
    expect(over).toMatchObject({ outcome: "failed", code: "tls_failed", attempts: 1 });
    expect(received).toEqual([]);
  });

  test("a redirect from https to http is not followed", async () => {
    const certificate = certificateFor("IP:127.0.0.1");
    const { origin, received } = await serve(
      (response) => response.writeHead(307, { location: origin.replace("https:", "http:") }).end(),
      certificate,
    );
    const env = { NODE_EXTRA_CA_CERTS: certificate.file };
    const [over] = await runAgent(makeHome(), job(webhook(origin)), "close", env);
    expect(over).toMatchObject({ outcome: "failed", code: "redirected" });
    expect(received).toHaveLength(1);
  });

  /** A proxy that connects to one server, whoever is asked for, and says for whom it was asked. */
  async function proxyTo(
    port: number,
    status = 200,
  ): Promise<{ readonly origin: string; readonly asked: readonly string[] }> {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, client, head) => {
      asked.push(request.url ?? "");
      client.on("error", () => {});
      if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      const server = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        server.write(head);
        server.pipe(client).pipe(server);
      });
      server.on("error", () => client.destroy());
    });
    await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
    onTestFinished(() => void proxy.close());
    return { origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  test("the proxy of the environment is used, and sees where it goes but not what", async () => {
    const certificate = certificateFor("DNS:hooks.example.com");
    const { port, received } = await serve(answer(200), certificate);
    const { origin, asked } = await proxyTo(port);
    const env = { NODE_EXTRA_CA_CERTS: certificate.file, HTTPS_PROXY: origin, NO_PROXY: "other.example.com" };
    const [over] = await runAgent(makeHome(), job(webhook("https://hooks.example.com/x")), "close", env);
    expect(over).toMatchObject({ outcome: "ok", status: 200, attempts: 1 });
    expect(asked).toEqual(["hooks.example.com:443"]);
    expect(received).toMatchObject([{ path: "/x", headers: { host: "hooks.example.com" } }]);
  });

  test("through a proxy certificates are checked too", async () => {
    const { port, received } = await serve(answer(200), certificateFor("DNS:hooks.example.com"));
    const { origin } = await proxyTo(port);
    const env = { HTTPS_PROXY: origin, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    const [over] = await runAgent(makeHome(), job(webhook("https://hooks.example.com/x")), "close", env);
    expect(over).toMatchObject({ outcome: "failed", code: "tls_failed" });
    expect(received).toEqual([]);
  });

  test("a proxy that refuses is a connection that failed", async () => {
    const { origin, asked } = await proxyTo(0, 407);
    const env = { https_proxy: origin };
    const [over] = await runAgent(
      makeHome(),
      job(webhook("https://hooks.example.com/x", { retry_count: 1 })),
      "close",
      env,
    );
    expect(over).toMatchObject({ outcome: "failed", code: "connection_failed", attempts: 2 });
    expect(over?.message).toContain("the proxy did not let it through");
    expect(asked).toHaveLength(2);
  });

  test("a proxy that is no address is said to be so", async () => {
    const env = { HTTPS_PROXY: "no such thing" };
    const [over] = await runAgent(makeHome(), job(webhook("https://hooks.example.com/x")), "close", env);
    expect(over).toMatchObject({ outcome: "failed", code: "misconfigured" });
    expect(over?.message).toContain("HTTPS_PROXY");
  });

  test("what stays on this machine goes through no proxy", async () => {
    const { origin, received } = await serve(answer(200));
    const proxy = await proxyTo(0);
    const env = { HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin, http_proxy: proxy.origin };
    const [over] = await runAgent(makeHome(), job(webhook(origin)), "close", env);
    expect(over).toMatchObject({ outcome: "ok" });
    expect([proxy.asked.length, received.length]).toEqual([0, 1]);
  });
});
