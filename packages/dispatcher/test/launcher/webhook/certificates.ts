/** Certificates made for one test: no private key is kept anywhere. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Whether certificates can be made here: that takes openssl. In CI it has to. */
export const canCertify: boolean = spawnSync("openssl", ["version"]).status === 0;
if (!canCertify && process.env.CI) throw new Error("Cannot test webhooks over https: openssl not found. Install it.");

/** The title of tests that need certificates: what is skipped is said in it. */
export function withCertificates(title: string): string {
  return canCertify ? title : `${title} (skipped: openssl not found)`;
}

/** A certificate that vouches for itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Of the certificate. */
  readonly file: string;
}

/** Makes a certificate for a name (`DNS:example.com`, `IP:127.0.0.1`). It goes with the test. */
export function certificateFor(name: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const what = ["-subj", "/CN=test", "-addext", `subjectAltName=${name}`, "-keyout", key, "-out", file];
  execFileSync("openssl", ["req", "-x509", ...kind, ...what], { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8"), file };
}
