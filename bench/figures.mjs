// Figures of several runs as tables and ratios.

/** @typedef {{ peer: string, version: string, runs: Record<string, number | string>[], failures: string[] }} Row */

/** @param {number[]} values */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, low: sorted[0], high: sorted.at(-1) };
}

/** Three digits that say something. @param {number} value */
function print(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return value.toFixed(3);
}

const cell = (row, key) => {
  if (row.runs.length === 0) return "–";
  const { median, low, high } = spread(row.runs.map((run) => run[key]));
  return row.runs.length === 1 ? print(median) : `${print(median)} (${print(low)}–${print(high)})`;
};

/** Lines of a Markdown table. @param {readonly any[]} columns @param {Row[]} rows @param {number} rounds */
export function table(columns, rows, rounds) {
  const lines = [
    `| peer | runs | ${columns.map((column) => column.title).join(" | ")} |`,
    `| --- | --- | ${columns.map(() => "---").join(" | ")} |`,
  ];
  for (const row of rows) {
    const cells = columns.map((column) => cell(row, column.key));
    lines.push(`| ${row.peer} ${row.version} | ${row.runs.length}/${rounds} | ${cells.join(" | ")} |`);
  }
  return lines;
}

/** Ours by theirs, of the medians, with which way is good. @param {readonly any[]} columns @param {Row[]} rows */
export function ratios(columns, rows) {
  const ours = rows.find((row) => row.peer === "visavis");
  if (ours === undefined || ours.runs.length === 0) return [];
  const median = (row, key) => spread(row.runs.map((run) => run[key])).median;
  return rows
    .filter((row) => row !== ours && row.runs.length > 0)
    .map((row) => {
      const parts = columns
        .filter((column) => column.plain !== true)
        .map((column) => `${column.title} × ${print(median(ours, column.key) / median(row, column.key))}`);
      return `- visavis by ${row.peer}: ${parts.join(", ")}`;
    });
}

/** What went wrong and what was agreed. @param {Row[]} rows */
export function remarks(rows) {
  const lines = [];
  for (const row of rows) {
    for (const failure of new Set(row.failures)) lines.push(`- ${row.peer}: no result: ${failure}`);
    const agreement = row.runs.find((run) => run.agreement)?.agreement;
    if (agreement) lines.push(`- ${row.peer} agreed on ${agreement}`);
  }
  return lines;
}
