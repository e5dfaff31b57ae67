// The tables of seed 001, for this machine.
import { median, printTable } from "../table.mjs";
import { ratioOf, reaches } from "./race.mjs";

const number = (value, digits) =>
  value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** Three digits are what a measurement is worth. */
function cost(microseconds) {
  if (microseconds >= 10_000) return `${number(microseconds / 1000, 1)} ms`;
  if (microseconds < 0.1) return `${number(microseconds * 1000, 0)} ns`;
  if (microseconds >= 100) return `${number(microseconds, 0)} µs`;
  return `${number(microseconds, microseconds < 10 ? 2 : 1)} µs`;
}

function throughput(microseconds) {
  const perSecond = 1e6 / microseconds;
  return perSecond >= 10_000
    ? `${number(perSecond / 1000, perSecond < 100_000 ? 1 : 0)} k`
    : number(perSecond, perSecond < 100 ? 1 : 0);
}

function size(bytes) {
  return bytes < 1_000 ? `${bytes} B` : `${Math.round(bytes / 1000)} KB (${bytes} B)`;
}

/** Prints what an event costs, how many go through in a second, what the agent's thread works for it, and the ratios. Returns the ratios that are not what they have to be. */
export function report(families, { costs, work }, sizes) {
  const rows = families.flatMap((family) => family.rows).filter(({ id }) => costs[id]);
  const ratios = families.flatMap((family) => family.ratios);
  const measured = (show, costs) => (costs ? show(median(costs)) : "failed");
  const each = (show) =>
    rows.map(({ id, title }) => [title, ...sizes.map((bytes) => measured(show, costs[id][bytes]))]);
  printTable(["cost per event", ...sizes.map(size)], each(cost));
  console.log("");
  printTable(["events per second", ...sizes.map(size)], each(throughput));
  console.log("");
  const working = rows.filter(({ id }) => Object.keys(work[id]).length > 0);
  printTable(
    ["of that, work of the agent's thread", ...sizes.map(size)],
    working.map(({ id, title }) => [title, ...sizes.map((bytes) => measured(cost, work[id][bytes]))]),
  );
  console.log("");
  printTable(
    ["ratio", ...sizes.map(size)],
    ratios.map((ratio) => [ratio.title, ...sizes.map((bytes) => cell(ratio, ratioOf(ratio, costs, bytes), bytes))]),
  );
  return ratios.flatMap((ratio) =>
    sizes.map((bytes) => miss(ratio, ratioOf(ratio, costs, bytes), bytes)).filter(Boolean),
  );
}

function cell(ratio, value, bytes) {
  if (value === undefined) return "not measured";
  const [low, high] = [ratio.atLeast?.(bytes), ratio.atMost?.(bytes)];
  const asked = low ? ` (≥ ${low})` : high ? ` (≤ ${high})` : "";
  return `${number(value, value < 10 ? 2 : 0)}×${asked}`;
}

function miss(ratio, value, bytes) {
  if (value === undefined || reaches(ratio, value, bytes)) return undefined;
  return `${ratio.title} at ${size(bytes)}: ${cell(ratio, value, bytes)}.`;
}
