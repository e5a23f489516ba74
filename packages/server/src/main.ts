#!/usr/bin/env node
import { createRequire } from "node:module";
/** The command: reads the options, starts the server, says where it is, ends on Ctrl+C. */
import path from "node:path";
import { answerBindingRequest } from "visavis/stun";
import { greeting } from "./greeting.ts";
import { NodePeer } from "./node-peer/node-peer.ts";
import { HELP, parseCommand, type ServerOptions } from "./options.ts";
import { OwnAddresses } from "./own-addresses.ts";
import { type RunningServer, StartError, startServer } from "./server.ts";

const command = parseCommand(process.argv.slice(2), process.env);
switch (command.type) {
  case "help":
    process.stdout.write(HELP);
    break;
  case "mistake":
    process.stderr.write(`${command.message}\nTry: npm start -- --help\n`);
    process.exitCode = 2;
    break;
  case "start":
    await start(command.options);
    break;
}

async function start(options: ServerOptions): Promise<void> {
  const site = path.join(path.dirname(createRequire(import.meta.url).resolve("@visavis/web/package.json")), "dist/site");
  const log = options.verbose ? say : undefined;
  let server: RunningServer;
  try {
    server = await startServer(options, {
      site,
      serverPeer: options.nodePeer ? new NodePeer({ maxFileSize: options.maxFileSize, host: options.host, log }) : undefined,
      answerStun: answerBindingRequest,
      log,
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  const { port, stunPort } = server;
  process.stdout.write(greeting({ ...options, port, stunPort, outward: new OwnAddresses().outward() }));
  let stopping = false;
  const stop = (): void => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    process.stdout.write("\nStopping.\n");
    void server.close();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** What `--verbose` says, with the time of the day. */
function say(line: string): void {
  process.stdout.write(`  ${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
}
