/**
 * One end of a link with an engine behind it.
 */
import type { InnerEngine, Transmit } from "visavis/base";
import { copyBytes, Datagram, type Sink } from "./datagram.ts";
import type { Direction } from "./direction.ts";
import { Runner } from "./runner.ts";
import type { World } from "./world.ts";

/** How datagrams of an engine without addresses appear in the packet log. */
export interface Flow {
  readonly source: string;
  readonly destination: string;
  /** Of both ends. */
  readonly port: number;
}

/** An engine at the end of a link. */
export class Endpoint<E extends InnerEngine<unknown>> extends Runner<E> implements Sink {
  readonly #way: Direction;
  readonly #flow: Flow;
  #peer: Sink = this;

  constructor(world: World, name: string, engine: E, way: Direction, flow: Flow) {
    super(world, name, engine);
    this.#way = way;
    this.#flow = flow;
  }

  /** Says who is at the other end. */
  facing(peer: Sink): void {
    this.#peer = peer;
  }

  /** Sends a datagram of the test's own, as if the engine had; the bytes are copied. */
  send(bytes: Uint8Array): void {
    this.#send(copyBytes(bytes, 0, bytes.length));
  }

  deliver(datagram: Datagram): void {
    if (!this.stopped) this.engine.receive(datagram.bytes, this.world.now);
  }

  protected override sendOut(out: Transmit): void {
    this.#send(copyBytes(out.bytes, out.start, out.length));
  }

  #send(bytes: Uint8Array): void {
    const { source, destination, port } = this.#flow;
    this.#way.carry(new Datagram(bytes, source, port, destination, port, this.#peer));
  }
}
