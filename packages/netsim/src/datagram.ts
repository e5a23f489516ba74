/**
 * A datagram on its way: bytes, where from, where to, and who takes it at the end of the link it is on.
 */
import type { Instant } from "visavis/base";
import { Happening } from "./event-queue.ts";

/** Where a link ends: an engine, an interface of a host or of a router. */
export interface Sink {
  /** Takes the datagram, and with it its bytes. */
  deliver(datagram: Datagram): void;
}

/** The link that carries a datagram at the moment. */
export interface Carrier {
  /** The datagram has reached the end. */
  arrive(datagram: Datagram): void;
}

/**
 * One datagram. Its IP addresses are canonical text without a zone. A router may change its addresses and send it on; its bytes belong to
 * whoever it is delivered to.
 */
export class Datagram extends Happening {
  bytes: Uint8Array;
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
  /** Segments of streams are datagrams of another protocol. */
  readonly protocol: "udp" | "tcp";
  /** Who takes it at the end of the present link. */
  sink: Sink;
  /** The present link. */
  carrier: Carrier | undefined = undefined;
  /** Its number among those sent over the present link. */
  ordinal = 0;
  /** Routers passed; a loop of routers is cut by it. */
  hops = 0;

  /** @param bytes owned by the datagram from now on */
  constructor(
    bytes: Uint8Array,
    source: string,
    sourcePort: number,
    destination: string,
    destinationPort: number,
    sink: Sink,
    protocol: "udp" | "tcp" = "udp",
  ) {
    super();
    this.protocol = protocol;
    this.bytes = bytes;
    this.source = source;
    this.sourcePort = sourcePort;
    this.destination = destination;
    this.destinationPort = destinationPort;
    this.sink = sink;
  }

  /** A copy with bytes of its own, for another sink when one is given. */
  clone(sink: Sink = this.sink): Datagram {
    const { source, sourcePort, destination, destinationPort, protocol } = this;
    const bytes = new Uint8Array(this.bytes);
    const copy = new Datagram(bytes, source, sourcePort, destination, destinationPort, sink, protocol);
    copy.ordinal = this.ordinal;
    copy.hops = this.hops;
    return copy;
  }

  override happen(): void {
    this.carrier?.arrive(this);
  }
}

/** What became of a datagram, as the packet log tells it. */
export type Fate =
  | "delivered"
  | "corrupted"
  /** Held back so that later ones may overtake it. */
  | "held"
  /** A copy. */
  | "duplicate"
  | "loss"
  | "rule"
  | "mtu"
  | "queue"
  | "down"
  /** The link went down while it was on its way. */
  | "cut"
  /** No way to the destination. */
  | "no-route"
  /** Arrived where nobody listens. */
  | "unheard"
  /** A NAT or a firewall did not let it through. */
  | "filtered";

/** Who is told about every datagram. */
export interface Recorder {
  /** @param arrival when it arrives; undefined when it does not */
  record(way: number, fate: Fate, datagram: Datagram, now: Instant, arrival: Instant | undefined): void;
}

/** A copy of `length` bytes from `start`, never a view: `slice` of a Buffer would be one. */
export function copyBytes(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const copy = new Uint8Array(length);
  copy.set(start === 0 && length === bytes.length ? bytes : bytes.subarray(start, start + length));
  return copy;
}
