/** `visavis turn`: a STUN and TURN server. */
import { randomBytes } from "node:crypto";
import net from "node:net";
import {
  createTurnServer,
  parseTurnConfig,
  type TurnAddress,
  TurnConfigError,
  type TurnConfigInput,
  type TurnServerHandle,
  TurnStartError,
  timeLimitedCredentials,
} from "@visavis/server/turn";
import { type Command, CommandFailure, type CommandIo, CommandMistake, ExitCode } from "../command.ts";
import { parseTurnFlags, TURN_HELP } from "./turn-flags.ts";

/** How long the credentials of the snippet hold that are made from a secret: seconds. */
const SNIPPET_LIFETIME = 86_400;

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Somebody who gets in: the first user, or one by the secret, or one made up for this run. */
function somebody(config: TurnConfigInput): Credentials & { readonly isMadeUp: boolean } {
  const [user] = Object.entries(config.users ?? {});
  if (user !== undefined) return { username: user[0], password: user[1], isMadeUp: false };
  if (config.secret !== undefined) {
    const expiry = Math.floor(Date.now() / 1000) + SNIPPET_LIFETIME;
    return { ...timeLimitedCredentials(config.secret, expiry, "example"), isMadeUp: false };
  }
  return { username: "guest", password: randomBytes(12).toString("base64url"), isMadeUp: true };
}

const inUrl = (address: string): string => (net.isIPv6(address) ? `[${address}]` : address);

/** URLs of one address that others can reach, one of each kind. */
function urlsOf(addresses: readonly TurnAddress[], known: readonly string[]): string[] {
  const isLoopback = (address: string): boolean => address === "::1" || address.startsWith("127.");
  const best = [...addresses].sort((a, b) => Number(isLoopback(a.address)) - Number(isLoopback(b.address)));
  const place = best[0]?.address;
  if (place === undefined) return [];
  // Behind a NAT that maps one to one, the world knows another address.
  const family = net.isIP(place);
  const host = inUrl(known.find((each) => net.isIP(each) === family) ?? place);
  const [stun, ...turn] = [
    ["udp", "stun"],
    ["udp", "turn"],
    ["tcp", "turn"],
    ["tls", "turns"],
  ].map(([protocol, scheme]) => {
    const port = best.find((each) => each.protocol === protocol && each.address === place)?.port;
    if (port === undefined) return undefined;
    return scheme === "stun"
      ? `stun:${host}:${port}`
      : `${scheme}:${host}:${port}?transport=${protocol === "udp" ? "udp" : "tcp"}`;
  });
  return [stun, ...turn].flatMap((url) => url ?? []);
}

function greeting(server: TurnServerHandle, { username, password, isMadeUp }: ReturnType<typeof somebody>): string {
  const places = new Map<string, Set<string>>();
  for (const { protocol, address, port } of server.addresses) {
    const name = `${protocol.toUpperCase()} ${port}`;
    places.set(name, (places.get(name) ?? new Set()).add(address));
  }
  const { metricsAddress: page } = server;
  const lines = [
    "The TURN server listens at",
    ...[...places].map(([name, addresses]) => `  ${name.padEnd(10)} ${[...addresses].join(", ")}`),
    `and relays from ${server.relayAddresses.join(" and ")}.`,
    ...(page === undefined ? [] : [`Metrics: http://${inUrl(page.address)}:${page.port}/metrics`]),
    "",
    ...(isMadeUp ? ["Nobody was named with --user or --secret: this user is for this run only."] : []),
    "For RTCPeerConnection:",
    "",
    "  iceServers: [",
    "    {",
    `      urls: ${JSON.stringify(urlsOf(server.addresses, server.relayAddresses))},`,
    `      username: ${JSON.stringify(username)},`,
    `      credential: ${JSON.stringify(password)},`,
    "    },",
    "  ]",
    "",
    "Ctrl+C ends it.",
  ];
  return `${lines.join("\n")}\n`;
}

async function start(config: TurnConfigInput, verbose: boolean, io: CommandIo): Promise<TurnServerHandle> {
  const log = (line: string): void => io.out(`${new Date().toISOString()} ${line}\n`);
  try {
    return await createTurnServer(config, {
      ...(verbose && { log }),
      onFailed: (error) => io.err(`A worker of the TURN server has failed: ${error.stack ?? error.message}\n`),
    });
  } catch (error) {
    if (error instanceof TurnConfigError) throw new CommandMistake(error.message);
    if (error instanceof TurnStartError) throw new CommandFailure(error.message);
    throw error;
  }
}

/** Resolves when the command is interrupted. */
function interruption({ interrupted }: CommandIo): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener("abort", () => resolve(), { once: true });
  });
}

const turn: Command = {
  help: TURN_HELP,
  async run(args, io) {
    const { config, verbose } = parseTurnFlags(args, io.environment);
    let full: TurnConfigInput;
    try {
      full = parseTurnConfig(config);
    } catch (error) {
      if (error instanceof TurnConfigError) throw new CommandMistake(error.message);
      throw error;
    }
    const user = somebody(config);
    const server = await start(user.isMadeUp ? { ...full, users: { [user.username]: user.password } } : full, verbose, io);
    io.out(greeting(server, user));
    await interruption(io);
    const { allocations } = await server.metrics();
    if (allocations > 0) {
      const what = allocations === 1 ? "one allocation" : `${allocations} allocations`;
      io.out(`Waiting for ${what} to end; Ctrl+C again does not wait.\n`);
    }
    await server.drain();
    return ExitCode.OK;
  },
};

export default turn;
