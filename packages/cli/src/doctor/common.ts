import type { Finding } from "../finding.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkFolders } from "./folders.ts";
import { checkDepth, checkHome, checkPath } from "./home.ts";
import { checkNode } from "./node.ts";
import type { Patient, Section } from "./section.ts";

const CHECKS: readonly ((patient: Patient) => Promise<readonly Finding[]>)[] = [
  checkHome,
  checkConfiguration,
  checkFolders,
  checkNode,
  checkDepth,
  checkPath,
];

/** What hooks of every kind need. */
export const common: Section = {
  summary: "folders, configuration and launcher",
  async check(patient): Promise<readonly Finding[]> {
    return (await Promise.all(CHECKS.map((check) => check(patient)))).flat();
  },
};
