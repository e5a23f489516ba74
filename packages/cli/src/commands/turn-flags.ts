/** The flags of `visavis turn`, and the configuration that they and a file make. */
import fs from "node:fs";
import net from "node:net";
import type { TurnConfigInput } from "@visavis/server/turn";
import { CommandMistake } from "../command.ts";
import { parseFlags, wholeNumber } from "../flags.ts";

/** The text of `--help`. */
export const TURN_HELP = `Runs a STUN and TURN server: the way out of networks that let no connection through.

Usage: visavis turn [options]

Who may use it (without any of these a user is made up for this run):
  --user NAME:PASSWORD     a user; may be repeated
  --secret TEXT            for time-limited credentials, as TURN services give them out ("REST"): the
                           name is EXPIRY[:NAME], the password base64(HMAC-SHA1(secret, name)).
                           Or VISAVIS_TURN_SECRET in the environment, where ps does not show it
  --realm NAME             default: visavis

Where it listens:
  --listen ADDRESS         default: every address of this machine; may be repeated
  --port NUMBER            UDP and TCP; default: 3478
  --no-udp, --no-tcp       leave one of them out
  --cert FILE --key FILE   certificate and key (PEM): listens over TLS too
  --tls-port NUMBER        default: 5349

Where it relays:
  --relay ADDRESS          address that peers see; one for IPv4, one for IPv6; default: the first of --listen
  --external ADDRESS       what the world knows that address as, behind a NAT that maps one to one
  --relay-ports A-B        default: 49152-65535
  --allow-peer RANGE       opens a range that is denied otherwise: loopback, private, link-local, multicast
                           and the like, such as the metadata services of clouds; may be repeated
  --deny-peer RANGE        denies a range besides; may be repeated

How much:
  --user-quota NUMBER      allocations of one user; default: 16
  --total-quota NUMBER     allocations of all; default: 4096
  --bitrate RATE           most of one allocation, both ways together, in bits per second: 500k, 2M
  --user-bitrate RATE      most of one user
  --total-bitrate RATE     most of all
  --workers NUMBER         threads; default: 1. They share the port where the runtime can (Node.js 23.1
                           on Linux); elsewhere each has its own, from --port upwards, and the first
                           sends clients to the others

Running it:
  --config FILE            a JSON file with all of the above and more; flags win over it
  --metrics [ADDRESS:]PORT serves /metrics for Prometheus; the address is 127.0.0.1 unless given
  --alternate [PROTOCOL:]ADDRESS:PORT
                           another server that clients are sent to when this one drains; may be repeated
  --redirect WHEN          always, in-turn or draining (the default)
  --discovery A,B          two addresses of this machine: answers NAT behaviour discovery (RFC 5780) at
                           both, with the ports of --port and the one after it
  --drain SECONDS          how long allocations may go on after Ctrl+C or SIGTERM; default: 30.
                           The second Ctrl+C ends at once
  --verbose                says who comes and goes
  --help                   this text

Examples:
  visavis turn
  visavis turn --user alice:secret --relay 192.0.2.7
  visavis turn --secret "$(cat secret.txt)" --cert fullchain.pem --key privkey.pem --tls-port 443
  visavis turn --relay 10.0.0.5 --external 198.51.100.9        in a cloud, behind its NAT
  visavis turn --config turn.json --metrics 9641 --workers 4
`;

const FLAGS = {
  user: { type: "string", multiple: true },
  secret: { type: "string" },
  realm: { type: "string" },
  listen: { type: "string", multiple: true },
  port: { type: "string" },
  "no-udp": { type: "boolean" },
  "no-tcp": { type: "boolean" },
  cert: { type: "string" },
  key: { type: "string" },
  "tls-port": { type: "string" },
  relay: { type: "string", multiple: true },
  external: { type: "string", multiple: true },
  "relay-ports": { type: "string" },
  "allow-peer": { type: "string", multiple: true },
  "deny-peer": { type: "string", multiple: true },
  "user-quota": { type: "string" },
  "total-quota": { type: "string" },
  bitrate: { type: "string" },
  "user-bitrate": { type: "string" },
  "total-bitrate": { type: "string" },
  workers: { type: "string" },
  config: { type: "string" },
  metrics: { type: "string" },
  alternate: { type: "string", multiple: true },
  redirect: { type: "string" },
  discovery: { type: "string" },
  drain: { type: "string" },
  verbose: { type: "boolean" },
} as const;

/** What was asked for. */
export interface TurnCall {
  readonly config: TurnConfigInput;
  readonly verbose: boolean;
}

/** An object without what is undefined: what was not said stays as it is. */
const given = (entries: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

const number = (flag: string, text: string | undefined, minimum: number, maximum: number): number | undefined =>
  text === undefined ? undefined : wholeNumber(flag, text, minimum, maximum);

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

function bitsPerSecond(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?)([kmg]?)$/i.exec(text) ?? [];
  const rate = Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1));
  if (rate >= 1000) return rate;
  throw new CommandMistake(`${flag} must be a number of bits per second such as 500k or 2M, not "${text}".`);
}

function users(texts: readonly string[] | undefined): Record<string, string> | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const colon = text.indexOf(":");
      if (colon < 1 || colon === text.length - 1) throw new CommandMistake("--user must be NAME:PASSWORD.");
      return [text.slice(0, colon), text.slice(colon + 1)];
    }),
  );
}

/** `ADDRESS:PORT`, `[IPV6]:PORT` or `PORT`. */
function place(flag: string, text: string): { readonly address: string | undefined; readonly port: number } {
  const [, bracketed, plain, port = ""] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d+)$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (port === "" || (address !== undefined && net.isIP(address) === 0)) {
    throw new CommandMistake(`${flag} must be ADDRESS:PORT, with an IPv6 address in brackets, not "${text}".`);
  }
  return { address, port: wholeNumber(flag, port, 0, 65_535) };
}

function alternates(texts: readonly string[] | undefined): unknown {
  return texts?.map((text) => {
    const [, protocol = "udp", rest = ""] = /^(?:(udp|tcp|tls):)?(.*)$/.exec(text) ?? [];
    const { address, port } = place("--alternate", rest);
    if (address === undefined) throw new CommandMistake(`--alternate needs an address before the port, not "${text}".`);
    return { protocol, address, port };
  });
}

function relays(addresses: readonly string[] | undefined, externals: readonly string[] | undefined): unknown {
  if (addresses === undefined) {
    if (externals !== undefined)
      throw new CommandMistake("--external says what the address of --relay is known as: it needs that one too.");
    return undefined;
  }
  const left = [...(externals ?? [])];
  const relay = addresses.map((address) => {
    const index = left.findIndex((each) => net.isIP(each) === net.isIP(address));
    const [external] = index < 0 ? [] : left.splice(index, 1);
    return external === undefined ? address : { address, external };
  });
  if (left.length > 0) throw new CommandMistake(`--external ${left[0]} goes with no --relay of its family.`);
  return relay;
}

function portRange(text: string | undefined): { first: number; last: number } | undefined {
  if (text === undefined) return undefined;
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === undefined || last === undefined)
    throw new CommandMistake(`--relay-ports must be two ports such as 50000-60000, not "${text}".`);
  return { first: wholeNumber("--relay-ports", first, 1, 65_535), last: wholeNumber("--relay-ports", last, 1, 65_535) };
}

function fromFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CommandMistake(`--config: the file ${file} cannot be read (${code}).`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new CommandMistake(`--config: ${file} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  throw new CommandMistake(`--config: ${file} must hold a JSON object.`);
}

/**
 * Reads flags and the file that they name. What a setting may be is checked where it is used.
 * @throws CommandMistake
 */
export function parseTurnFlags(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): TurnCall {
  const { values } = parseFlags(args, FLAGS);
  const file = fromFile(values.config);
  const metrics = values.metrics === undefined ? undefined : place("--metrics", values.metrics);
  const port = number("--port", values.port, 0, 65_535);
  const discovery = values.discovery?.split(",");
  const firstPort = port ?? (typeof file["port"] === "number" ? file["port"] : 3478);
  const config = {
    ...file,
    ...given({
      users: users(values.user),
      secret: values.secret ?? environment["VISAVIS_TURN_SECRET"],
      realm: values.realm,
      listen: values.listen,
      port,
      udp: values["no-udp"] === true ? false : undefined,
      tcp: values["no-tcp"] === true ? false : undefined,
      certificate: values.cert,
      key: values.key,
      tlsPort: number("--tls-port", values["tls-port"], 0, 65_535),
      relay: relays(values.relay, values.external),
      relayPorts: portRange(values["relay-ports"]),
      allowPeers: values["allow-peer"],
      denyPeers: values["deny-peer"],
      userQuota: number("--user-quota", values["user-quota"], 1, 1_000_000),
      totalQuota: number("--total-quota", values["total-quota"], 1, 1_000_000),
      bitrate: bitsPerSecond("--bitrate", values.bitrate),
      userBitrate: bitsPerSecond("--user-bitrate", values["user-bitrate"]),
      totalBitrate: bitsPerSecond("--total-bitrate", values["total-bitrate"]),
      workers: number("--workers", values.workers, 1, 64),
      metrics: metrics && given(metrics),
      alternates: alternates(values.alternate),
      redirect: values.redirect,
      discovery: discovery && { addresses: discovery, ports: [firstPort, firstPort + 1] },
      drainSeconds: number("--drain", values.drain, 0, 86_400),
    }),
  };
  return { config: config as TurnConfigInput, verbose: values.verbose === true };
}
