/**
 * The streams of an engine that runs on a host without promises.
 */
import type { Answer, Ask, NetworkEngine, Route, SocketId, StreamServer } from "visavis/base";
import { SocketError } from "./errors.ts";
import type { HostStreams } from "./host-streams.ts";
import type { Stream } from "./stream.ts";
import type { World } from "./world.ts";

/** What happens to streams, told to the runner. */
export type StreamAnswer = (answer: Answer) => void;

/** The streams of one engine. */
export class RunnerStreams {
  readonly #world: World;
  readonly #engine: NetworkEngine<unknown>;
  readonly #host: HostStreams;
  readonly #answer: StreamAnswer;
  readonly #open = new Map<SocketId, Stream>();
  readonly #servers = new Map<SocketId, StreamServer>();
  #stopped = false;

  constructor(world: World, engine: NetworkEngine<unknown>, host: HostStreams, answer: StreamAnswer) {
    this.#world = world;
    this.#engine = engine;
    this.#host = host;
    this.#answer = answer;
  }

  connect(ask: Extract<Ask, { type: "connect" }>): void {
    const { id, address, port, serverName } = ask;
    const failed = (error: unknown): void => {
      if (!(error instanceof SocketError)) throw error;
      this.#answer({ type: "connect-failed", id, code: error.code });
    };
    let route: Route | undefined;
    const listener = {
      onPiece: (piece: Uint8Array): void => {
        if (route !== undefined && !this.#stopped) this.#engine.receive(piece, route, this.#world.now);
      },
      onClosed: (): void => this.#ended(id, route),
    };
    try {
      this.#host.connect(ask, listener, (outcome) => {
        if (outcome instanceof SocketError) {
          failed(outcome);
          return;
        }
        if (this.#stopped) {
          outcome.close();
          return;
        }
        this.#open.set(outcome.id, outcome);
        const { routes } = this.#engine;
        route = routes.pin(routes.intern(outcome.id, serverName === undefined ? "tcp" : "tls", address, port));
        this.#answer({ type: "connected", id, socket: outcome.id, address: outcome.address, port: outcome.port });
      });
    } catch (error) {
      failed(error);
    }
  }

  listen(ask: Extract<Ask, { type: "listen" }>): void {
    const { id, certificate } = ask;
    try {
      const server = this.#host.listen(ask, (connection) => {
        const stream = connection as Stream;
        const { routes } = this.#engine;
        const { remoteAddress, remotePort } = stream;
        this.#open.set(stream.id, stream);
        const protocol = certificate === undefined ? "tcp" : "tls";
        const route = routes.pin(routes.intern(stream.id, protocol, remoteAddress, remotePort));
        this.#answer({ type: "accepted", id, socket: stream.id, address: remoteAddress, port: remotePort });
        return {
          onPiece: (piece) => {
            if (!this.#stopped) this.#engine.receive(piece, route, this.#world.now);
          },
          onClosed: () => this.#ended(id, route),
        };
      });
      this.#servers.set(server.id, server);
      this.#answer({ type: "listening", id, socket: server.id, address: server.address, port: server.port });
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
      this.#answer({ type: "bind-failed", id, code: error.code });
    }
  }

  /** False when there is no such stream. */
  send(socket: SocketId, bytes: Uint8Array, start: number, length: number): boolean {
    return this.#open.get(socket)?.send(bytes, start, length) ?? false;
  }

  close(socket: SocketId): void {
    this.#open.get(socket)?.close();
    this.#open.delete(socket);
    this.#servers.get(socket)?.close();
    this.#servers.delete(socket);
  }

  stop(): void {
    this.#stopped = true;
    for (const socket of [...this.#open.keys(), ...this.#servers.keys()]) this.close(socket);
  }

  #ended(id: number, route: Route | undefined): void {
    if (route === undefined || !this.#open.delete(route.local) || this.#stopped) return;
    this.#answer({ type: "disconnected", id, socket: route.local });
    this.#engine.routes.forget(route.local);
  }
}
