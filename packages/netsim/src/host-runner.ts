/**
 * Runs an engine that asks for sockets and names on a host, synchronously: the counterpart of a driver over promises.
 */
import type {
  Answer,
  Ask,
  BindOptions,
  DatagramListener,
  NetworkEngine,
  NetworkInterface,
  SocketId,
  Transmit,
} from "visavis/base";
import { SocketError } from "./errors.ts";
import type { HostStreams } from "./host-streams.ts";
import { Runner } from "./runner.ts";
import { RunnerStreams } from "./runner-streams.ts";
import type { UdpSocket } from "./udp-socket.ts";
import type { World } from "./world.ts";

/** What the runner needs of a host. */
export interface EngineHost {
  readonly streams: HostStreams;
  listInterfaces(): readonly NetworkInterface[];
  /** @throws SocketError */
  bind(options: BindOptions, listener: DatagramListener): UdpSocket;
  lookUp(host: string, family: 4 | 6): readonly string[];
}

/** An engine on a host. */
export class HostRunner<E extends NetworkEngine<unknown>> extends Runner<E> {
  readonly #host: EngineHost;
  readonly #sockets = new Map<SocketId, UdpSocket>();
  readonly #streams: RunnerStreams;

  constructor(world: World, name: string, engine: E, host: EngineHost) {
    super(world, name, engine);
    this.#host = host;
    this.#streams = new RunnerStreams(world, engine, host.streams, (answer) => this.#hand(answer));
  }

  /** The sockets that the engine holds. */
  get sockets(): readonly UdpSocket[] {
    return [...this.#sockets.values()];
  }

  override stop(): void {
    super.stop();
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#streams.stop();
  }

  protected override answerAsks(): boolean {
    let busy = false;
    for (let ask = this.engine.takeAsk(); ask !== undefined; ask = this.engine.takeAsk()) {
      this.#answer(ask);
      busy = true;
    }
    return busy;
  }

  protected override sendOut(out: Transmit): void {
    const { route } = out;
    if (route === undefined) throw new Error(`${this.name} sent a datagram without a route`);
    const { bytes, start, length } = out;
    if (this.#streams.send(route.local, bytes, start, length)) return;
    this.#sockets.get(route.local)?.send(bytes, start, length, route.address, route.port);
  }

  /** Answers come in steps of their own. */
  #answer(ask: Ask): void {
    const { world } = this;
    switch (ask.type) {
      case "unbind":
        this.engine.routes.forget(ask.socket);
        this.#sockets.get(ask.socket)?.close();
        this.#sockets.delete(ask.socket);
        this.#streams.close(ask.socket);
        return;
      case "coalesce":
      case "claim":
        // Hints: datagrams arrive one by one here, and every socket has a port of its own.
        return;
      case "interfaces":
        world.plan(world.now, () => this.#hand({ type: "interfaces", id: ask.id, interfaces: this.#host.listInterfaces() }));
        return;
      case "resolve":
        world.plan(world.now + world.nameDelay, () =>
          this.#hand({ type: "resolved", id: ask.id, addresses: this.#host.lookUp(ask.host, ask.family) }),
        );
        return;
      case "bind":
        world.plan(world.now, () => this.#bind(ask));
        return;
      case "connect":
        world.plan(world.now, () => {
          if (!this.stopped) this.#streams.connect(ask);
        });
        return;
      case "listen":
        world.plan(world.now, () => {
          if (!this.stopped) this.#streams.listen(ask);
        });
        return;
    }
  }

  #hand(answer: Answer): void {
    if (!this.stopped) this.engine.answer(answer, this.world.now);
  }

  #bind(ask: Extract<Ask, { type: "bind" }>): void {
    if (this.stopped) return;
    const { engine, world } = this;
    try {
      const socket: UdpSocket = this.#host.bind(ask, (datagram, address, port) => {
        engine.receive(datagram, engine.routes.intern(socket.id, "udp", address, port), world.now);
      });
      this.#sockets.set(socket.id, socket);
      this.#hand({ type: "bound", id: ask.id, socket: socket.id, address: socket.address, port: socket.port });
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      this.#hand({ type: "bind-failed", id: ask.id, code: error.code });
    }
  }
}
