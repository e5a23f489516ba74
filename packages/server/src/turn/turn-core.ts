/** One TURN server in this thread: the engine, its driver, and what it listens on. */

import { Driver, nodePlatform } from "visavis/node";
import {
  type AddressRange,
  namedUsers,
  parseAddressRange,
  RelayPolicy,
  TurnServer,
  type TurnServerEvent,
  type TurnServerOptions,
  type TurnUsers,
  timeLimitedUsers,
} from "visavis/turn";
import { printable } from "../log.ts";
import { metricsOf, type TurnMetrics } from "./turn-metrics.ts";

/** Where a server listens. */
export interface TurnAddress {
  readonly protocol: "udp" | "tcp" | "tls";
  readonly address: string;
  readonly port: number;
}

/** It cannot start; the message says why, and what helps. */
export class TurnStartError extends Error {
  override readonly name = "TurnStartError";
}

/** What one server needs to know: plain data, which can be sent to a thread. */
export interface TurnCoreOptions extends Omit<TurnServerOptions, "random" | "users" | "policy"> {
  readonly userPasswords: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly allowPeers: readonly string[];
  readonly denyPeers: readonly string[];
}

/** One running server. */
export interface TurnCore {
  readonly addresses: readonly TurnAddress[];
  metrics(): TurnMetrics;
  /** Takes no new allocations. @returns when the last one has ended */
  drain(): Promise<void>;
  close(): void;
}

/** What a server tells its owner. */
export interface TurnCoreOwner {
  /** One line for each thing that happens. */
  readonly log?: ((line: string) => void) | undefined;
  /** It has stopped by a fault of its own. */
  readonly onFailed: (error: Error) => void;
}

function usersOf({ userPasswords, secret }: TurnCoreOptions): TurnUsers {
  const named = namedUsers(new Map(Object.entries(userPasswords)));
  if (secret === undefined) return named;
  const limited = timeLimitedUsers(secret);
  const names = named.names?.length ? { names: named.names } : {};
  return { password: (name, wallTime) => named.password(name, wallTime) ?? limited.password(name, wallTime), ...names };
}

const ranges = (texts: readonly string[]): AddressRange[] => texts.flatMap((text) => parseAddressRange(text) ?? []);

function explained({ protocol, address, port, code }: Extract<TurnServerEvent, { type: "listen-failed" }>): TurnStartError {
  const place = `${address}, port ${port}, ${protocol.toUpperCase()}`;
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program has it already",
    EACCES: "ports below 1024 need more rights",
    EADDRNOTAVAIL: "this machine has no such address",
    EAFNOSUPPORT: "this machine has no addresses of that kind",
    ENOSYS: "there are no streams here",
  };
  return new TurnStartError(`The TURN server cannot listen at ${place}: ${why[code] ?? code}.`);
}

function lineOf(event: TurnServerEvent): string | undefined {
  switch (event.type) {
    case "allocated": {
      const { client, username, relayed } = event.allocation;
      const places = relayed.map(({ address, port }) => `${address} ${port}`).join(" and ");
      return `${printable(username)} at ${client.address} ${client.port} (${client.protocol}) has ${places}`;
    }
    case "released": {
      const { username, traffic } = event.allocation;
      return `${printable(username)} is done (${event.reason}): ${traffic.bytesToPeers} bytes out, ${traffic.bytesToClient} bytes in`;
    }
    case "refused":
      return `${printable(event.username)} at ${event.client.address} was refused: ${event.code}`;
    case "listening":
    case "listen-failed":
      return undefined;
  }
}

/**
 * Starts a server.
 * @throws (rejects) {@link TurnStartError} when it cannot listen somewhere
 */
export function startTurnCore(options: TurnCoreOptions, { log, onFailed }: TurnCoreOwner): Promise<TurnCore> {
  const { userPasswords: _passwords, secret: _secret, allowPeers, denyPeers, ...rest } = options;
  const platform = nodePlatform();
  const { clock, random } = platform;
  const policy = new RelayPolicy(ranges(allowPeers), ranges(denyPeers));
  const server = new TurnServer({ ...rest, random, users: usersOf(options), policy }, clock.now(), clock.wallTime());
  const addresses: TurnAddress[] = [];
  return new Promise((resolve, reject) => {
    let drained: (() => void) | undefined;
    const look = (): void => {
      if (drained !== undefined && server.allocationCount === 0) drained();
    };
    const driver = new Driver(platform, server, {
      drain: () => {
        for (let event = server.takeEvent(); event !== undefined; event = server.takeEvent()) {
          if (event.type === "listen-failed") {
            const error = explained(event);
            close();
            reject(error);
          } else if (event.type === "listening") {
            const { protocol, address, port } = event;
            addresses.push({ protocol, address, port });
            if (addresses.length === options.listen.length) resolve(core);
          } else if (log !== undefined) {
            log(lineOf(event) ?? "");
          }
        }
        look();
      },
      failed: (error) => {
        const failure = error instanceof Error ? error : new Error(String(error));
        reject(failure);
        onFailed(failure);
      },
    });
    const close = (): void => {
      server.close();
      driver.stop();
    };
    const core: TurnCore = {
      addresses,
      metrics: () => metricsOf(server),
      drain: () => {
        server.drain();
        return new Promise((done) => {
          drained = done;
          look();
        });
      },
      close,
    };
    driver.wake();
  });
}
