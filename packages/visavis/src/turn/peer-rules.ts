/**
 * Who may be a peer: RFC 8656 §21.1.5 to §21.2. What the policy allows, and the server's own relayed addresses; never the addresses at which it
 * listens itself, where a relayed request would come back to it again and again (§21.1.6).
 */
import type { AllocationTable } from "./allocation-table.ts";
import { DEFAULT_RELAY_PORTS, type PortRange, type TurnServerOptions } from "./turn-server-options.ts";

/** What an address is as a peer; of `own` ones some ports are peers. */
export type PeerKind = "open" | "own" | "forbidden";

/** Decides about peers. */
export class PeerRules {
  readonly #options: Pick<TurnServerOptions, "policy" | "sharesRelayAddresses">;
  readonly #ports: PortRange;
  readonly #allocations: AllocationTable;
  readonly #own = new Set<string>();
  readonly #relay: ReadonlySet<string>;
  readonly #listening = new Set<string>();

  constructor(options: TurnServerOptions, allocations: AllocationTable) {
    this.#options = options;
    this.#ports = options.relayPorts ?? DEFAULT_RELAY_PORTS;
    this.#allocations = allocations;
    this.#relay = new Set(options.relay.map(({ address, external = address }) => external));
    for (const { address, external = address } of options.relay) this.#own.add(address).add(external);
  }

  /** The server listens here. */
  listens(address: string, port: number): void {
    this.#own.add(address);
    this.#listening.add(`${port} ${address}`);
    // What the world knows the machine as leads to the same port.
    for (const external of this.#relay) this.#listening.add(`${port} ${external}`);
  }

  kindOf(address: string): PeerKind {
    if (this.#own.has(address)) return this.#options.policy.allows(address) || this.#relay.has(address) ? "own" : "forbidden";
    return this.#options.policy.allows(address) ? "open" : "forbidden";
  }

  /** Whether a port of an own address is a peer. */
  allowsOwn(address: string, port: number): boolean {
    if (this.#listening.has(`${port} ${address}`)) return false;
    if (this.#allocations.isRelayed(address, port) || this.#options.policy.allows(address)) return true;
    const { first, last } = this.#ports;
    return this.#options.sharesRelayAddresses === true && this.#relay.has(address) && port >= first && port <= last;
  }
}
