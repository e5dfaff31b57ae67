import { CliError } from "../errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A date, or a date and a time, as RFC 3339 has it; the seconds and the zone may be left out. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * The moment that `--since` names, in milliseconds since 1970: so long ago (`90s`, `15m`, `2h`, `7d`, `2w`), or a time as records
 * have it. A time without a zone is UTC, like theirs.
 *
 * @throws CliError `bad_since`
 */
export function parseSince(text: string, now: number): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (number !== undefined) return now - Number(number) * (UNIT_MS[unit] ?? 0);
  const [, day, time, zone = "Z"] = TIME.exec(text) ?? [];
  const moment = Date.parse(`${day}T${time ?? "00:00"}${zone.toUpperCase()}`);
  if (day !== undefined && !Number.isNaN(moment)) return moment;
  throw new CliError(
    "bad_since",
    `Cannot go back to "${text}": it is neither a duration nor a time. Write 90s, 15m, 2h or 7d, or a time like 2026-01-31T12:00:00Z.`,
  );
}
