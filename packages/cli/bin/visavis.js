#!/usr/bin/env node
// A file of its own, because npm links commands when it installs, and what is compiled is not there yet in a fresh clone.
try {
  await import("../dist/main.js");
} catch (error) {
  if (error?.code !== "ERR_MODULE_NOT_FOUND" || !String(error.message).includes("main.js")) throw error;
  console.error("visavis is not built yet. In a clone of the repository, run first: npm run compile");
  process.exitCode = 1;
}
