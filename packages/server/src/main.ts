#!/usr/bin/env node
import { createRequire } from "node:module";
/** The command: reads the options, starts the server, says where it is, ends on Ctrl+C. */
import os from "node:os";
import path from "node:path";
import { answerBindingRequest } from "visavis/stun";
import { NodePeer } from "./node-peer/node-peer.ts";
import { HELP, parseCommand, type ServerOptions } from "./options.ts";
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
      serverPeer: options.nodePeer ? new NodePeer({ maxFileSize: options.maxFileSize, log }) : undefined,
      answerStun: answerBindingRequest,
      log,
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(greeting(options, server));
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

function greeting({ host }: ServerOptions, { port, stunPort }: RunningServer): string {
  const lines = ["", "  visavis demo", "", `  Page   ${urlsOf(host, port).join("\n         ")}`];
  if (stunPort !== undefined) lines.push(`  STUN   UDP port ${stunPort} of the same address`);
  if (!isLoopback(host))
    lines.push(
      "",
      `  Open to the network: TCP port ${port} (page, signalling)${stunPort === undefined ? "" : ` and UDP port ${stunPort} (STUN)`} on ${host}.`,
    );
  lines.push("", "  Open the page in two tabs to connect them. Ctrl+C stops.", "", "");
  return lines.join("\n");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** The addresses of the page. A wildcard is every address of the machine. */
function urlsOf(host: string, port: number): string[] {
  if (isLoopback(host)) return [`http://localhost:${port}`];
  const wildcard = host === "0.0.0.0" || host === "::";
  const addresses = wildcard
    ? Object.values(os.networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address)
    : [host];
  return [...(wildcard ? ["localhost"] : []), ...addresses].map(
    (name) => `http://${name.includes(":") ? `[${name}]` : name}:${port}`,
  );
}
