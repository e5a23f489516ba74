// Loaded before the tests, by run-tests.mjs: every property of fast-check draws from VISAVIS_SEED when it is given, none runs for
// ever, and one that fails says how to see it again.
import fc from "fast-check";

/** Milliseconds for one property. What was tried by then counts. */
const TIME_LIMIT = 20_000;

/** A seed of fast-check: a whole number of 32 bits as it is, any other text hashed (FNV-1a). @param {string} text */
function seedOf(text) {
  const number = Number(text);
  if (text.trim() !== "" && (number | 0) === number) return number;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}

/** @param {import("fast-check").RunDetails<any>} details */
function report(details) {
  if (!details.failed) return;
  throw new Error(`${fc.defaultReportMessage(details)}\n\nVISAVIS_SEED=${details.seed} shows it again`, {
    cause: details.errorInstance,
  });
}

const { VISAVIS_SEED: given = "" } = process.env;
fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(given !== "" && { seed: seedOf(given) }),
  interruptAfterTimeLimit: TIME_LIMIT,
  markInterruptAsFailure: false,
  // Our reporter of tests shows the stack of an error, not its cause.
  includeErrorInReport: true,
  reporter: report,
});
