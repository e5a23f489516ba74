/** What a TURN server is configured with: one JSON object, from a file, from flags or from a program, and what is wrong with it in plain words. */
import net from "node:net";
import * as v from "valibot";
import { parseAddressRange } from "visavis/turn";

/** The configuration is wrong; the message says where, and what would be right. */
export class TurnConfigError extends Error {
  override readonly name = "TurnConfigError";
}

const whole = (minimum: number, maximum: number) => {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(minimum, message), v.maxValue(maximum, message));
};

const text = v.pipe(v.string("must be a text"), v.minLength(1, "must not be empty"));
const flag = v.boolean("must be true or false");
const port = whole(0, 65_535);
const count = whole(1, 1_000_000);
const rate = whole(1000, 1_000_000_000_000);

const address = v.pipe(
  v.string("must be an IP address"),
  v.check((value) => net.isIP(value) !== 0, "must be an IP address such as 192.0.2.7 or 2001:db8::7"),
);

const range = v.pipe(
  v.string("must be a range of addresses"),
  v.check((value) => parseAddressRange(value) !== undefined, "must be an address or a range such as 10.0.0.0/8 or fd00::/8"),
);

const relay = v.union(
  [address, v.strictObject({ address, external: v.optional(address) })],
  "must be an IP address, or { address, external } with the address that the world knows it as",
);

const alternate = v.strictObject({
  protocol: v.optional(v.picklist(["udp", "tcp", "tls"], "must be udp, tcp or tls"), "udp"),
  address,
  port: whole(1, 65_535),
});

const pair = <T extends v.GenericSchema>(item: T, message: string) => v.tuple([item, item], message);

const schema = v.strictObject({
  realm: v.optional(v.pipe(text, v.maxLength(127, "must have 127 characters at most")), "visavis"),
  users: v.optional(v.record(text, text, "must be an object of user names and their passwords"), {}),
  secret: v.optional(text),
  listen: v.optional(v.pipe(v.array(address, "must be a list of IP addresses"), v.minLength(1, "must name an address")), [
    "0.0.0.0",
    "::",
  ]),
  port: v.optional(port, 3478),
  udp: v.optional(flag, true),
  tcp: v.optional(flag, true),
  tlsPort: v.optional(port, 5349),
  certificate: v.optional(text),
  key: v.optional(text),
  relay: v.optional(v.array(relay, "must be a list")),
  relayPorts: v.optional(
    v.pipe(
      v.strictObject({ first: whole(1, 65_535), last: whole(1, 65_535) }, "must be { first, last }"),
      v.check(({ first, last }) => first <= last, "must not end before it begins"),
    ),
    { first: 49_152, last: 65_535 },
  ),
  allowPeers: v.optional(v.array(range, "must be a list of ranges"), []),
  denyPeers: v.optional(v.array(range, "must be a list of ranges"), []),
  userQuota: v.optional(count, 16),
  totalQuota: v.optional(count, 4096),
  bitrate: v.optional(rate),
  userBitrate: v.optional(rate),
  totalBitrate: v.optional(rate),
  maxLifetime: v.optional(whole(600, 86_400), 3600),
  maxConnections: v.optional(count, 4096),
  maxConnectionsFromAddress: v.optional(count, 64),
  alternates: v.optional(v.array(alternate, "must be a list"), []),
  redirect: v.optional(v.picklist(["always", "in-turn", "draining"], "must be always, in-turn or draining"), "draining"),
  discovery: v.optional(
    v.pipe(
      v.strictObject({
        addresses: pair(address, "must be a list of two IP addresses"),
        ports: pair(whole(1, 65_535), "must be a list of two ports"),
      }),
      v.check(
        ({ addresses: [a, z], ports: [first, second] }) => a !== z && first !== second,
        "needs two different addresses and ports",
      ),
    ),
  ),
  workers: v.optional(whole(1, 64), 1),
  metrics: v.optional(
    v.strictObject({ address: v.optional(address, "127.0.0.1"), port: v.optional(port, 9641) }, "must be { address, port }"),
  ),
  drainSeconds: v.optional(whole(0, 86_400), 30),
});

/** A configuration with all that was left out. */
export interface TurnConfig {
  /** What credentials are for; a name of the service. */
  readonly realm: string;
  /** Names and passwords of users. */
  readonly users: Readonly<Record<string, string>>;
  /** Makes time-limited credentials: see `timeLimitedCredentials`. */
  readonly secret?: string | undefined;
  /** Addresses to listen at; `0.0.0.0` and `::` stand for all of this machine. */
  readonly listen: readonly string[];
  /** Of UDP and TCP; 0 lets the system choose. */
  readonly port: number;
  readonly udp: boolean;
  readonly tcp: boolean;
  /** Of TLS, which needs a certificate. */
  readonly tlsPort: number;
  /** Names of files in PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** Addresses that relayed addresses are made of, one of each family at most; default: the first that it listens at. */
  readonly relay?: readonly (string | { readonly address: string; readonly external?: string | undefined })[] | undefined;
  readonly relayPorts: { readonly first: number; readonly last: number };
  /** Ranges that are opened as peers although they are denied by default, and ranges that are denied besides. */
  readonly allowPeers: readonly string[];
  readonly denyPeers: readonly string[];
  /** Allocations of one user (at each worker) and of all. */
  readonly userQuota: number;
  readonly totalQuota: number;
  /** Most bits per second of one allocation, of one user (at each worker) and of all, both ways together. */
  readonly bitrate?: number | undefined;
  readonly userBitrate?: number | undefined;
  readonly totalBitrate?: number | undefined;
  /** Most seconds that an allocation lives without being refreshed. */
  readonly maxLifetime: number;
  /** Connections over TCP and TLS, and those from one address. */
  readonly maxConnections: number;
  readonly maxConnectionsFromAddress: number;
  /** Other servers to send clients to, and when. */
  readonly alternates: readonly { readonly protocol: "udp" | "tcp" | "tls"; readonly address: string; readonly port: number }[];
  readonly redirect: "always" | "in-turn" | "draining";
  /** Two addresses and two ports for NAT behaviour discovery (RFC 5780). */
  readonly discovery?: { readonly addresses: readonly [string, string]; readonly ports: readonly [number, number] } | undefined;
  /** Threads. */
  readonly workers: number;
  /** Where the page for Prometheus is. */
  readonly metrics?: { readonly address: string; readonly port: number } | undefined;
  /** How long allocations may go on when the server is to end. */
  readonly drainSeconds: number;
}

/** What may be written: every member has a default. */
export type TurnConfigInput = {
  readonly [Name in keyof TurnConfig]?: Name extends "metrics"
    ? { readonly address?: string; readonly port?: number } | undefined
    : TurnConfig[Name];
};

/**
 * Reads a configuration.
 * @throws TurnConfigError
 */
export function parseTurnConfig(input: unknown): TurnConfig {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new TurnConfigError(result.issues.map(explain).join("\n"));
  const { output } = result;
  if ((output.certificate === undefined) !== (output.key === undefined)) {
    throw new TurnConfigError("certificate and key go together: both are names of files in PEM");
  }
  if (!output.udp && !output.tcp && output.certificate === undefined) {
    throw new TurnConfigError("with udp and tcp switched off it takes a certificate and a key to listen at all");
  }
  return output;
}

function explain(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `${path}: there is no such setting; there are ${Object.keys(schema.entries).join(", ")}`;
  }
  return path === "" ? `The configuration ${issue.message}` : `${path} ${issue.message}`;
}
