/**
 * Sends clients to other servers: ALTERNATE-SERVER, RFC 8489 §10, RFC 8656 §7.2.
 */
import { parseIpAddress } from "../base/ip-address.ts";
import type { Route, RouteProtocol } from "../base/route.ts";
import type { TransportAddress } from "../stun/address-attribute.ts";

/** Another server. */
export interface AlternateServer extends TransportAddress {
  /** Default `udp`. */
  readonly protocol?: RouteProtocol;
}

/** When clients are sent on: each new one, one of as many as there are servers (this one included), or none until it drains. */
export type RedirectRule = "always" | "in-turn" | "draining";

/** Chooses where to send a client. */
export class AlternateServers {
  readonly #servers: readonly AlternateServer[];
  readonly #rule: RedirectRule;
  #turn = 0;

  constructor(servers: readonly AlternateServer[], rule: RedirectRule) {
    this.#servers = servers;
    this.#rule = rule;
  }

  /** Where a client with a new allocation is to go; undefined when it may stay, or there is nowhere to go. */
  choose(client: Route, isDraining: boolean): TransportAddress | undefined {
    if (this.#servers.length === 0 || (this.#rule === "draining" && !isDraining)) return undefined;
    const family = parseIpAddress(client.address)?.family;
    const fitting = this.#servers.filter(
      ({ protocol = "udp", address }) => protocol === client.protocol && parseIpAddress(address)?.family === family,
    );
    const stays = this.#rule === "in-turn" && !isDraining ? 1 : 0;
    if (fitting.length === 0) return undefined;
    const turn = this.#turn++ % (fitting.length + stays);
    return fitting[turn - stays];
  }
}
