/** What a host reads: one line per event, numbered, and a line about what it did not get (DESIGN section 7). */
import type { HostSettings } from "../../contracts.ts";

/** Version of the line's shape; that of the payload schema. */
const VERSION = 1;

/** What is before and after the JSON of an event in its line. The number of the line is between the two parts of the head. */
export interface LineShape {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** How the lines of a host are written around the JSON of their events, which is there already. */
export function lineShape({ line_type }: Pick<HostSettings, "line_type">): LineShape {
  const before = `{"schema_version":${VERSION},"type":${JSON.stringify(line_type)},"seq":`;
  return { before, between: ',"event":', after: "}\n" };
}

/** Events that were given up, one after the other. */
export interface Gap {
  readonly from_seq: number;
  readonly to_seq: number;
  readonly count: number;
  readonly reason: string;
}

/** The line about events that a host did not get. */
export function droppedLine(gap: Gap): string {
  return `${JSON.stringify({ schema_version: VERSION, type: "events-dropped", ...gap })}\n`;
}

/** The number of a line; 0 for a line that is no event's. */
export function seqOf(line: string): number {
  const [, seq] = /^\{"schema_version":\d+,"type":"(?:hook-)?event","seq":(\d+),/.exec(line) ?? [];
  return Number(seq ?? 0);
}
