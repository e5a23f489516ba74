// A reporter for node's test runner that says little: failures in full, figures that tests report, what was skipped and why in
// one line, and the totals as the runner prints them.

/** @param {any} data */
function failure({ name, file, details }) {
  const error = details?.error?.cause ?? details?.error;
  const text = error?.stack ?? error?.message ?? String(error);
  return `\nnot ok: ${name}\n  ${file ?? ""}\n  ${String(text).split("\n").join("\n  ")}\n`;
}

/** A failed suite or file says no more than the tests in it. @param {any} data */
const onlyCounts = ({ details }) => /^\d+ subtests? failed$/.test(details?.error?.cause ?? details?.error?.message ?? "");

/** @param {AsyncIterable<{type: string, data: any}>} source */
export default async function* reporter(source) {
  /** @type {string[]} */
  const skipped = [];
  /** @type {string[]} */
  const totals = [];
  let passed = 0;
  for await (const { type, data } of source) {
    if (type === "test:fail" && !onlyCounts(data)) yield failure(data);
    else if (type === "test:stderr") yield data.message;
    else if (type === "test:pass") {
      if (data.skip !== undefined && data.skip !== false)
        skipped.push(`${data.name} (${data.skip === true ? "no reason given" : data.skip})`);
      else if (data.details?.type !== "suite" && ++passed % 100 === 0) yield `${passed} tests passed …\n`;
    } else if (type === "test:diagnostic") {
      if (/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(data.message))
        totals.push(`# ${data.message}`);
      else yield `${data.message}\n`;
    }
  }
  yield `skipped ${skipped.length}${skipped.length > 0 ? `: ${skipped.join("; ")}` : ", nothing"}\n${totals.join("\n")}\n`;
}
