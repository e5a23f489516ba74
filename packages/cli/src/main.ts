/** The program: what the process has, handed to `run`. */
import { readFileSync } from "node:fs";
import type { CommandIo } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { run } from "./run.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    interruption.abort();
  });
}
// Whoever reads the output may stop before its end, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
const io: CommandIo = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
  interrupted: interruption.signal,
  environment: process.env,
};
// No exit() here: what was written must get out first.
process.exitCode = await run(process.argv.slice(2), io, COMMANDS, manifest.version);
