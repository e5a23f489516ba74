/**
 * The mappings of a NAT: which address and port outside stand for which inside, towards whom, and for how long.
 * RFC 4787 §4: address and port mapping, port assignment, mapping refresh.
 */
import type { Instant } from "visavis/base";
import type { SeededRandom } from "./random.ts";

/** How much of the other side's address a NAT looks at: RFC 4787 §4.1 for mappings, §5 for filters. */
export type NatBehaviour = "endpoint-independent" | "address-dependent" | "address-and-port-dependent";

/** The part of an endpoint that a behaviour looks at, as a key. */
export function endpointKey(behaviour: NatBehaviour, address: string, port: number): string {
  if (behaviour === "endpoint-independent") return "";
  return behaviour === "address-dependent" ? address : `${address} ${port}`;
}

/** One mapping. */
export interface Mapping {
  readonly key: string;
  readonly inside: string;
  readonly insidePort: number;
  readonly outside: string;
  readonly outsidePort: number;
  /** Whom something was sent to through it, as the filter looks at them. */
  readonly known: Set<string>;
  /** When it was last refreshed. */
  used: Instant;
}

/** The ports that a NAT takes when it cannot keep the one inside: RFC 4787 §4.2.2 keeps clear of the well-known ones. */
const FIRST_PORT = 1024;
const PORTS = 65_536 - FIRST_PORT;

/** How mappings are made. */
export interface MappingRules {
  readonly mapping: NatBehaviour;
  readonly portPreservation: boolean;
  /** Milliseconds without a refresh. */
  readonly lifetime: number;
}

/** The mappings of one NAT. */
export class NatTable {
  readonly #rules: MappingRules;
  readonly #random: SeededRandom;
  /** By protocol, endpoint inside, and as much of the other side as the mapping depends on. */
  readonly #byInside = new Map<string, Mapping>();
  readonly #byOutside = new Map<string, Mapping>();

  constructor(rules: MappingRules, random: SeededRandom) {
    this.#rules = rules;
    this.#random = random;
  }

  /** How many there are; those that have run out are counted until somebody looks at them. */
  get size(): number {
    return this.#byInside.size;
  }

  /** The mapping for what goes from inside to `to`, made anew when there is none; undefined when no port is left. */
  outward(
    from: { readonly address: string; readonly port: number; readonly protocol: string },
    to: { readonly address: string; readonly port: number },
    outside: string,
    now: Instant,
  ): Mapping | undefined {
    const towards = endpointKey(this.#rules.mapping, to.address, to.port);
    const key = `${from.protocol} ${from.address} ${from.port} > ${outside} ${towards}`;
    const known = this.#alive(this.#byInside.get(key), now);
    if (known !== undefined) return known;
    const port = this.#freePort(from.protocol, outside, from.port, now);
    if (port === undefined) return undefined;
    const made: Mapping = {
      key,
      inside: from.address,
      insidePort: from.port,
      outside,
      outsidePort: port,
      known: new Set(),
      used: now,
    };
    this.#byInside.set(key, made);
    this.#byOutside.set(`${from.protocol} ${outside} ${port}`, made);
    return made;
  }

  /** The mapping that an address and port outside belong to. */
  inward(protocol: string, outside: string, port: number, now: Instant): Mapping | undefined {
    return this.#alive(this.#byOutside.get(`${protocol} ${outside} ${port}`), now);
  }

  /** Forgets all, as a router does that was switched off and on. */
  clear(): void {
    this.#byInside.clear();
    this.#byOutside.clear();
  }

  #alive(mapping: Mapping | undefined, now: Instant): Mapping | undefined {
    if (mapping === undefined || now - mapping.used < this.#rules.lifetime) return mapping;
    this.#byInside.delete(mapping.key);
    for (const [key, each] of this.#byOutside) if (each === mapping) this.#byOutside.delete(key);
    return undefined;
  }

  /** RFC 4787 §4.2.1: the port inside where it is free; never one that stands for two (REQ-3). */
  #freePort(protocol: string, outside: string, wanted: number, now: Instant): number | undefined {
    const isFree = (port: number): boolean => this.inward(protocol, outside, port, now) === undefined;
    if (this.#rules.portPreservation && isFree(wanted)) return wanted;
    const first = this.#random.below(PORTS);
    for (let i = 0; i < PORTS; i++) {
      const port = FIRST_PORT + ((first + i) % PORTS);
      if (isFree(port)) return port;
    }
    return undefined;
  }
}
