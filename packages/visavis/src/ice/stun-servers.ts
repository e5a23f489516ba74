/**
 * The STUN servers of one gathering: URLs read, names looked up, addresses told as they are known.
 */
import type { Answer } from "../base/engine.ts";
import { type Instant, NEVER } from "../base/instant.ts";
import { parseIpAddress, printIpAddress } from "../base/ip-address.ts";
import { parseIceServerUrl } from "./ice-server-url.ts";
import type { AgentOutput } from "./output.ts";

/** A STUN or TURN server, as RTCIceServer describes it. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** An address of a server. */
export interface StunServer {
  readonly url: string;
  /** Its place among the servers. */
  readonly index: number;
  readonly family: 4 | 6;
  /** Canonical IP address. */
  readonly address: string;
  readonly port: number;
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

interface Named {
  readonly url: string;
  readonly index: number;
  readonly port: number;
  /** Open asks. */
  readonly asks: Set<number>;
}

/** The servers of a gathering. */
export class StunServers {
  readonly #known: StunServer[] = [];
  readonly #failures: ServerFailure[] = [];
  #named: Named[] = [];
  readonly #endsAt: Instant;

  constructor(servers: readonly IceServer[], output: AgentOutput, now: Instant) {
    this.#endsAt = now + RESOLVE_DURATION;
    for (const [index, url] of servers
      .flatMap(({ urls }) => urls)
      .slice(0, MAX_SERVERS)
      .entries())
      this.#add(url, index, output);
  }

  /** Addresses known so far; one of each family for each server. */
  get known(): readonly StunServer[] {
    return this.#known;
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
  answer(answer: Extract<Answer, { type: "resolved" }>): StunServer[] | undefined {
    const named = this.#named.find(({ asks }) => asks.delete(answer.id));
    if (named === undefined) return undefined;
    const { url, index, port } = named;
    const before = this.#known.length;
    for (const text of answer.addresses) {
      const parsed = parseIpAddress(text);
      if (parsed === undefined || this.#known.some((known) => known.index === index && known.family === parsed.family)) continue;
      this.#known.push({ url, index, port, family: parsed.family, address: printIpAddress(parsed.bytes) });
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
    if (!this.#known.some(({ index }) => index === named.index))
      this.#failures.push({ url: named.url, reason: "the name of the STUN server has no address" });
  }

  #add(url: string, index: number, output: AgentOutput): void {
    const parsed = parseIceServerUrl(url);
    if (parsed?.scheme !== "stun") {
      const reason = parsed === undefined ? "not the URL of a STUN or TURN server" : `${parsed.scheme} servers are not supported`;
      this.#failures.push({ url, reason });
      return;
    }
    const { host, port } = parsed;
    const address = parseIpAddress(host);
    if (address !== undefined) {
      this.#known.push({ url, index, port, family: address.family, address: printIpAddress(address.bytes) });
      return;
    }
    const asks = ([4, 6] as const).map((family) => output.ask({ type: "resolve", host, family }));
    this.#named.push({ url, index, port, asks: new Set(asks) });
  }
}
