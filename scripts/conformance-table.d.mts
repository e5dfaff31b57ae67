/** What vitest reports as JSON, as far as it is read. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}
export function conformanceTable(report: Report): string | undefined;
export function skippedToolchains(report: Report): string[];
