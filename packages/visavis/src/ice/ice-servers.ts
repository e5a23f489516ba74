/**
 * The STUN and TURN servers of one gathering: URLs read, names looked up, addresses told as they are known.
 */
import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import { type IceServerAddress, parseIceServerUrl } from "./ice-server-url.ts";
import type { AgentOutput } from "./output.ts";

/** A STUN or TURN server, as RTCIceServer describes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** An address of a server. */
export interface ServerAddress {
  readonly url: string;
  /** Its place among the servers. */
  readonly index: number;
  readonly family: 4 | 6;
  /** Canonical IP address. */
  readonly address: string;
  readonly port: number;
}

/** An address of a STUN server. */
export interface StunServer extends ServerAddress {
  readonly type: "stun";
}

/** How a TURN server is reached. */
export type RelayTransport = "udp" | "tcp" | "tls";

/** An address of a TURN server, and what to show there. */
export interface RelayServer extends ServerAddress {
  readonly type: "turn";
  readonly transport: RelayTransport;
  /** As the URL has it: what a certificate must be for. */
  readonly host: string;
  readonly username: string;
  readonly credential: string;
  /** The family of relayed addresses to ask for; the server's choice is IPv4. */
  readonly relayFamily: 4 | 6;
}

/** A server that cannot be used at all. */
export interface ServerFailure {
  readonly url: string;
  /** For people. */
  readonly reason: string;
}

/** Server URLs that are used; more would only delay. */
const MAX_SERVERS = 16;

/** Milliseconds that name servers are waited for. */
const RESOLVE_DURATION = 5000;

/** What is known of a server before its addresses are. */
type Unresolved = Pick<ServerAddress, "url" | "index" | "port"> & {
  readonly type: "stun" | "turn";
  readonly transport: RelayTransport;
  readonly host: string;
  readonly username: string;
  readonly credential: string;
};

interface Named {
  readonly server: Unresolved;
  /** Open asks. */
  readonly asks: Set<number>;
}

/** The servers of a gathering. */
export class IceServers {
  readonly #known: (StunServer | RelayServer)[] = [];
  readonly #failures: ServerFailure[] = [];
  #named: Named[] = [];
  readonly #endsAt: Instant;

  constructor(servers: readonly IceServer[], output: AgentOutput, now: Instant) {
    this.#endsAt = now + RESOLVE_DURATION;
    const urls = servers.flatMap((server) => server.urls.map((url) => ({ url, server })));
    for (const [index, { url, server }] of urls.slice(0, MAX_SERVERS).entries()) this.#add(url, server, index, output);
  }

  /** Addresses known so far; one of each family for each server. */
  get known(): readonly (StunServer | RelayServer)[] {
    return this.#known;
  }

  /** Whether there is a TURN server among them, known or still being looked up. */
  get hasRelays(): boolean {
    return this.#known.some(({ type }) => type === "turn") || this.#named.some(({ server }) => server.type === "turn");
  }

  /** Whether names are being looked up. */
  get open(): boolean {
    return this.#named.length > 0;
  }

  /** When `advance` is next needed. */
  get deadline(): Instant {
    return this.open ? this.#endsAt : NEVER;
  }

  /** Removes the servers that turned out to be of no use. */
  takeFailures(): ServerFailure[] {
    return this.#failures.splice(0);
  }

  /** An answer of the platform: addresses that were not known before. Undefined when it was not asked for here. */
  answer(answer: Extract<Answer, { type: "resolved" }>): (StunServer | RelayServer)[] | undefined {
    const named = this.#named.find(({ asks }) => asks.delete(answer.id));
    if (named === undefined) return undefined;
    const { server } = named;
    const before = this.#known.length;
    for (const text of answer.addresses) {
      const parsed = parseIpAddress(text);
      const isNew =
        parsed !== undefined && !this.#known.some(({ index, family }) => index === server.index && family === parsed.family);
      if (isNew) this.#known.push(serverAt(server, parsed.family, printIpAddress(parsed.bytes)));
    }
    if (named.asks.size === 0) this.#finish(named);
    return this.#known.slice(before);
  }

  /** Gives up on names that take too long. */
  advance(now: Instant): void {
    if (now >= this.#endsAt) this.stop();
  }

  /** Waits for no name any more. */
  stop(): void {
    for (const named of this.#named) this.#finish(named);
  }

  #finish(named: Named): void {
    this.#named = this.#named.filter((other) => other !== named);
    const { index, url, type } = named.server;
    if (this.#known.some((known) => known.index === index)) return;
    this.#failures.push({ url, reason: `the name of the ${type.toUpperCase()} server has no address` });
  }

  #add(url: string, { username = "", credential = "" }: IceServer, index: number, output: AgentOutput): void {
    const parsed = parseIceServerUrl(url);
    const reason = whyNot(parsed);
    if (parsed === undefined || reason !== undefined) {
      this.#failures.push({ url, reason: reason ?? "" });
      return;
    }
    const { host, port, scheme } = parsed;
    const transport = scheme === "turns" ? "tls" : parsed.transport;
    const type = scheme === "stun" ? "stun" : "turn";
    const server: Unresolved = { type, transport, host, url, index, port, username, credential };
    const address = parseIpAddress(host);
    if (address !== undefined) {
      this.#known.push(serverAt(server, address.family, printIpAddress(address.bytes)));
      return;
    }
    const asks = ([4, 6] as const).map((family) => output.ask({ type: "resolve", host, family }));
    this.#named.push({ server, asks: new Set(asks) });
  }
}

/** Why a server is of no use; undefined when it is. */
function whyNot(parsed: IceServerAddress | undefined): string | undefined {
  if (parsed === undefined) return "not the URL of a STUN or TURN server";
  if (parsed.scheme === "stuns") return "stuns servers are not supported";
  return parsed.scheme === "turns" && parsed.transport === "udp" ? "TURN over DTLS is not supported" : undefined;
}

function serverAt(server: Unresolved, family: 4 | 6, address: string): StunServer | RelayServer {
  const { type, url, index, port } = server;
  if (type === "stun") return { type, url, index, port, family, address };
  return { ...server, type, family, address, relayFamily: family };
}
