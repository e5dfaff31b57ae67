import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleHome, isThere, runExample, SILENT, type Variables } from "./support/example.ts";
import { type Ran, read } from "./support/run.ts";
import { tempFolder } from "./support/temp.ts";

const SCRIPT = "./examples/hooks/notifications/slack-webhook.sh";
const ERROR = { CODEX_EVENT_TYPE: "error.occurred", CODEX_ERROR: "the model is overloaded" };

/** What the server was sent. */
interface Delivery {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

/** Stands for Slack, on loopback. */
let server: Server;
let status = 200;
let deliveries: Delivery[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    deliveries.push({ method, url, type: headers["content-type"], body: Buffer.concat(chunks).toString("utf8") });
    response.writeHead(status).end(status === 200 ? "ok" : "no");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => server.close());

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T000/B000/secret`;
}

type Notified = Ran & { readonly deliveries: readonly Delivery[] };

async function notify(variables: Variables, answer = 200, at = exampleHome()): Promise<Notified> {
  status = answer;
  deliveries = [];
  const ran = await runExample([SCRIPT], at, { SLACK_WEBHOOK_URL: address(), ...ERROR, ...variables });
  return { ...ran, deliveries };
}

/** What Slack shows: it reads these three, and no others. */
function shown({ body }: Delivery): string {
  const { text } = JSON.parse(body) as { text: string };
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

async function messageFor(variables: Variables, at = exampleHome()): Promise<string> {
  const { deliveries: sent, ...ran } = await notify(variables, 200, at);
  expect(ran).toEqual(SILENT);
  expect(sent).toHaveLength(1);
  return shown(sent[0] as Delivery);
}

describe.skipIf(!isThere("curl"))("the message to Slack", () => {
  it("is posted as JSON", async () => {
    const { deliveries: sent, ...ran } = await notify({ CODEX_CONTEXT: "while it read the answer" });
    expect(ran).toEqual(SILENT);
    expect(sent.map(({ body: _, ...rest }) => rest)).toEqual([
      { method: "POST", url: "/services/T000/B000/secret", type: "application/json" },
    ]);
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual({
      text: "error.occurred in session session_abc123: the model is overloaded\nContext: while it read the answer\nAt: 2024-01-01T12:00:00Z",
      mrkdwn: false,
    });
  });

  it("says what is known when variables are missing", async () => {
    const nothing = { CODEX_EVENT_TYPE: undefined, CODEX_SESSION_ID: "", CODEX_TIMESTAMP: undefined };
    expect(await messageFor({ ...nothing, CODEX_ERROR: undefined })).toBe("An event in session unknown");
    expect(await messageFor({ CODEX_ERROR: "" })).toBe(
      "error.occurred in session session_abc123\nAt: 2024-01-01T12:00:00Z",
    );
  });

  it.each([
    ["quotes", `"; "text": "forged`],
    ["line ends", "one\ntwo\r\nthree"],
    ["shell", "$(touch forged) `touch forged` ; touch forged | $HOME && 'x' \\$(touch forged)"],
    ["formats", "%s %n \\n \\t \\u0041 \\\\"],
    ["backslashes at the end", "C:\\path\\"],
    ["tabs", "a\tb"],
    ["settings of curl", 'x"\nurl = "http://127.0.0.1:1/"\noutput = "forged'],
    ["a file for curl", "@/etc/passwd"],
    ["markup of Slack", "<!channel> <https://example.com|click> &lt; *bold* & co"],
    ["all languages", "漢字 äöü 🚀 \u2028 é"],
    ["awk", 'x & \\\\& -v FS=x BEGIN{system("touch forged")}'],
    ["options", "--config /etc/passwd"],
  ])("has %s as text", async (_, text) => {
    const at = exampleHome();
    const variables = { CODEX_ERROR: text, CODEX_CONTEXT: text, CODEX_SESSION_ID: text };
    expect(await messageFor(variables, at)).toBe(
      `error.occurred in session ${text}: ${text}\nContext: ${text}\nAt: 2024-01-01T12:00:00Z`.replaceAll("\r", " "),
    );
    expect(read(join(at.home, "hooks"), "forged")).toBe("");
  });

  it("has spaces for other control characters", async () => {
    const controls = Array.from({ length: 31 }, (_, at) => String.fromCharCode(at + 1)).join("");
    const shownControls = controls.replace(/[^\t\n]/g, " ");
    expect(await messageFor({ CODEX_ERROR: `${controls}\u007fend`, CODEX_TIMESTAMP: "" })).toBe(
      `error.occurred in session session_abc123: ${shownControls} end`,
    );
  });

  it.each(["x", "漢", "🚀", '"', "\n", "\\"])(
    "is cut between characters when it is %j again and again",
    async (char) => {
      const text = await messageFor({ CODEX_ERROR: char.repeat(30_000) });
      const [, message = ""] = /^error\.occurred in session session_abc123: (.*) \(cut\)$/s.exec(text) ?? [];
      expect(message).toBe(char.repeat(message.length / char.length));
      expect(Buffer.byteLength(message)).toBeGreaterThan(2900);
      expect(Buffer.byteLength(message)).toBeLessThan(3001);
    },
  );

  it("and its address are in nobody's list of processes", async () => {
    const bin = tempFolder("bin");
    const real = spawnSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).stdout.trim();
    writeFileSync(join(bin, "curl"), `#!/bin/sh\nprintf '%s\\n' "$@" >'${bin}/args'\nexec '${real}' "$@"\n`, {
      mode: 0o755,
    });
    const PATH = [bin, process.env.PATH].join(delimiter);
    const { deliveries: sent, ...ran } = await notify({ PATH, CODEX_ERROR: "hunter2" });
    expect(ran).toEqual(SILENT);
    expect(sent).toHaveLength(1);
    expect(read(bin, "args")).toContain("--config\n-\n");
    expect(read(bin, "args")).not.toMatch(/secret|hunter2/);
  });

  it.each([400, 404, 500])("is a failure when the answer is %i", async (answer) => {
    const ran = await notify({}, answer);
    expect([ran.code, ran.stdout, ran.deliveries.length]).toEqual([1, "", 1]);
    expect(ran.stderr).toContain(String(answer));
    expect(ran.stderr).toContain(
      "Cannot notify Slack: it did not take the message. See above, and check SLACK_WEBHOOK_URL.\n",
    );
    expect(ran.stderr).not.toContain("secret");
  });

  it("is a failure when nobody listens", async () => {
    const ran = await notify({ SLACK_WEBHOOK_URL: "http://127.0.0.1:1/secret" });
    expect(ran.code).toBe(1);
    expect(ran.stderr).not.toContain("secret");
  });

  it.each([
    [undefined, "is not set. Set it to the address of an incoming webhook."],
    ["", "is not set. Set it to the address of an incoming webhook."],
    ["http://example.com/secret", "does not begin with https://. Copy it again."],
    ["http://127.0.0.1:80@example.com/secret", "is no address. Copy it again."],
    ["file:///etc/passwd", "does not begin with https://. Copy it again."],
    ['https://example.com/"\noutput = "forged', "is no address. Copy it again."],
    ["https://example.com/$(touch forged)", "is no address. Copy it again."],
  ])("is not sent to %j", async (url, state) => {
    const { deliveries: sent, ...ran } = await notify({ SLACK_WEBHOOK_URL: url });
    expect(ran).toEqual({ code: 1, stdout: "", stderr: `Cannot notify Slack: SLACK_WEBHOOK_URL ${state}\n` });
    expect(sent).toEqual([]);
  });
});

describe("the message to Slack, without curl,", () => {
  it("is a failure that says so", async () => {
    const bin = join(tempFolder("bin"), "bin");
    mkdirSync(bin);
    for (const name of ["sh", "env", "tr", "awk", "sed"]) {
      symlinkSync(spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim(), join(bin, name));
    }
    const { deliveries: sent, ...ran } = await notify({ PATH: bin });
    expect(ran).toEqual({ code: 1, stdout: "", stderr: "Cannot notify Slack: curl is not there. Install it.\n" });
    expect(sent).toEqual([]);
  });
});
