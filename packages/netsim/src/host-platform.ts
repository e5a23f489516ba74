/**
 * A host's `Platform` of `visavis/base`: its clock, its chance, its network, in virtual time.
 */
import type {
  BindOptions,
  Clock,
  ConnectOptions,
  DatagramListener,
  DatagramSocket,
  Instant,
  ListenOptions,
  Network,
  NetworkInterface,
  Platform,
  StreamConnection,
  StreamListener,
  StreamServer,
} from "visavis/base";
import { SocketError } from "./errors.ts";
import type { HostStreams } from "./host-streams.ts";
import type { SeededRandom } from "./random.ts";
import type { World } from "./world.ts";

/** What the platform needs of its host. */
export interface PlatformHost {
  readonly streams: HostStreams;
  listInterfaces(): readonly NetworkInterface[];
  /** @throws SocketError */
  bind(options: BindOptions, listener: DatagramListener): DatagramSocket;
  lookUp(host: string, family: 4 | 6): readonly string[];
}

class VirtualClock implements Clock {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  now(): Instant {
    return this.#world.now;
  }

  wallTime(): number {
    return this.#world.epoch + this.#world.now;
  }

  schedule(at: Instant, callback: () => void): () => void {
    const world = this.#world;
    if (at === Number.POSITIVE_INFINITY) return () => {};
    const task = world.plan(at, callback);
    return () => world.queue.cancel(task);
  }

  immediate(callback: () => void): void {
    this.#world.plan(this.#world.now, callback);
  }
}

class VirtualNetwork implements Network {
  readonly #world: World;
  readonly #host: PlatformHost;

  constructor(world: World, host: PlatformHost) {
    this.#world = world;
    this.#host = host;
  }

  interfaces(): readonly NetworkInterface[] {
    return this.#host.listInterfaces();
  }

  bindUdp(options: BindOptions, onDatagram: DatagramListener): Promise<DatagramSocket> {
    return new Promise((resolve, reject) => {
      this.#world.plan(this.#world.now, () => {
        try {
          resolve(this.#host.bind(options, onDatagram));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  connectStream(options: ConnectOptions, listener: StreamListener, signal?: AbortSignal): Promise<DatagramSocket> {
    return new Promise((resolve, reject) => {
      this.#world.plan(this.#world.now, () => {
        try {
          const stream = this.#host.streams.connect(options, listener, (outcome) => {
            if (outcome instanceof SocketError) reject(outcome);
            else resolve(outcome);
          });
          signal?.addEventListener("abort", () => {
            if (!stream.isOpen) stream.abandon("ECANCELED");
          });
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  listenStream(options: ListenOptions, onConnection: (connection: StreamConnection) => StreamListener): Promise<StreamServer> {
    return new Promise((resolve, reject) => {
      this.#world.plan(this.#world.now, () => {
        try {
          resolve(this.#host.streams.listen(options, onConnection));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  resolve(host: string, family: 4 | 6, signal?: AbortSignal): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const { now, nameDelay } = this.#world;
      this.#world.plan(now + nameDelay, () => resolve(signal?.aborted === true ? [] : this.#host.lookUp(host, family)));
    });
  }
}

/** The platform of a host. */
export function createPlatform(world: World, host: PlatformHost, random: SeededRandom): Platform {
  return { clock: new VirtualClock(world), random, network: new VirtualNetwork(world, host) };
}
