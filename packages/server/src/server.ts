/** The demo server: the page, signalling, a STUN server and the Node peer, put together. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "./http/app.ts";
import { OriginPolicy } from "./http/origin.ts";
import { readStaticFiles } from "./http/static-files.ts";
import type { Log } from "./log.ts";
import type { ServerOptions } from "./options.ts";
import { isLoopbackHost, OwnAddresses } from "./own-addresses.ts";
import { SIGNAL_PATH } from "./signalling/messages.ts";
import { type ServerPeer, SignallingServer } from "./signalling/signalling-server.ts";
import { stunAddressFor } from "./stun/stun-address.ts";
import { type Answerer, listenForStun, type StunListener } from "./stun/stun-listener.ts";

/** What the demo server is made of, besides its options. */
export interface ServerParts {
  /** The folder of the built page. */
  readonly site: string;
  readonly serverPeer: (ServerPeer & { close(): Promise<void> }) | undefined;
  readonly answerStun: Answerer | undefined;
  /** Hears who comes and goes. */
  readonly log?: Log | undefined;
}

/** A running demo server. */
export interface RunningServer {
  readonly port: number;
  readonly stunPort: number | undefined;
  /** Ends all connections and lets go of the ports. */
  close(): Promise<void>;
}

/** A server that cannot start, with a message for people. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The most browsers that may be connected at a time. */
const MAX_SOCKETS = 200;
const BROWSERS_PER_ROOM = 2;

/** Starts the server. @throws (rejects) StartError */
export async function startServer(options: ServerOptions, parts: ServerParts): Promise<RunningServer> {
  const origins = new OriginPolicy(options.allowedOrigins);
  const files = await readStaticFiles(parts.site).catch(() => {
    throw new StartError("The page has not been built. Run: npm run build");
  });
  const server = createAdaptorServer({ fetch: createApp(files, origins).fetch, createServer: http.createServer });
  if (!(server instanceof http.Server)) throw new TypeError("the adaptor made another kind of server");
  await listen(server, options);
  const own = new OwnAddresses();
  const stun = await startStun(options, parts.answerStun, own).catch((error) => {
    server.close();
    throw error;
  });
  const signalling = new SignallingServer({
    rooms: options.maxRooms,
    browsersPerRoom: BROWSERS_PER_ROOM,
    sockets: MAX_SOCKETS,
    maxFileSize: options.maxFileSize,
    stun: (pageHost) => (stun === undefined ? undefined : stunAddressFor(pageHost, options.host, stun.port, own)),
    serverPeer: parts.serverPeer,
    ...(parts.log === undefined ? {} : { log: parts.log }),
  });
  server.on("upgrade", (request, socket, head) => {
    // The URL is not parsed: it may be none, and only one is known.
    const pathname = request.url?.split("?", 1)[0];
    const { host, origin } = request.headers;
    if (pathname !== SIGNAL_PATH) refuse(socket, "404 Not Found");
    else if (!origins.allowsSocket({ host, origin })) refuse(socket, "403 Forbidden");
    else signalling.upgrade(request, socket, head);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stunPort: stun?.port,
    close: async () => {
      stun?.close();
      const closed = new Promise((resolve) => server.close(resolve));
      signalling.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 300).unref();
      await parts.serverPeer?.close();
      await closed;
    },
  };
}

async function listen(server: http.Server, { host, port }: ServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new StartError(explain(error, host, `port ${port}`, "--port"))),
    );
    server.listen(port, host, () => resolve());
  });
}

/**
 * For a page on loopback, STUN is asked on other addresses too (stun-address.ts), but answers this machine alone.
 */
async function startStun(
  { host, stun, stunPort }: ServerOptions,
  answer: Answerer | undefined,
  own: OwnAddresses,
): Promise<StunListener | undefined> {
  if (!stun || answer === undefined) return undefined;
  const listening = isLoopbackHost(host)
    ? listenForStun("0.0.0.0", stunPort, answer, (address) => own.has(address))
    : listenForStun(host, stunPort, answer);
  return listening.catch((error: NodeJS.ErrnoException) => {
    throw new StartError(explain(error, host, `UDP port ${stunPort ?? 3478}`, "--stun-port"));
  });
}

/** What a failure to listen means, and the way out. */
function explain({ code, message }: NodeJS.ErrnoException, host: string, port: string, option: string): string {
  const place = port[0]?.toUpperCase() + port.slice(1);
  if (code === "EADDRINUSE")
    return `${place} is taken by another program. Choose another one, for example: npm start -- ${option} 9000`;
  if (code === "EACCES")
    return `${place} may not be used without more rights. Choose one above 1023: npm start -- ${option} 9000`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `This machine has no address ${host}. Choose another one with --host`;
  return `The server cannot listen on ${host}, ${port}: ${message}`;
}

function refuse(socket: Duplex, status: string): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
