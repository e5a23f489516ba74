/**
 * The platform of Node.js: its clock, its chance, its network.
 */
import type { Instant } from "../base/instant.ts";
import type { Clock, Network, Platform } from "../base/platform.ts";
import { SystemRandom } from "../crypto/system-random.ts";
import { resolve } from "./dns.ts";
import { bindFfiUdp } from "./ffi-socket.ts";
import { interfaces } from "./interfaces.ts";
import { memory } from "./memory.ts";
import { connectStream, listenStream } from "./stream-socket.ts";
import { bindUdp } from "./udp-socket.ts";

/** The longest delay that setTimeout takes, in milliseconds. Whoever wakes early arms it again. */
const MAX_DELAY = 0x7fff_ffff;

const clock: Clock = {
  now: () => performance.now(),
  // As the specifications of the web have it for timestamps: it runs on evenly, whatever is done to the clock of the machine.
  wallTime: () => performance.timeOrigin + performance.now(),
  schedule(at: Instant, callback: () => void): () => void {
    const handle = setTimeout(callback, Math.min(MAX_DELAY, Math.max(0, Math.ceil(at - performance.now()))));
    return () => clearTimeout(handle);
  },
  immediate(callback: () => void): void {
    setImmediate(callback);
  },
};

const network: Network = {
  interfaces,
  bindUdp(options, onDatagram, onSegments) {
    const socket = bindFfiUdp(options, onDatagram, onSegments);
    return socket === undefined ? bindUdp(options, onDatagram) : Promise.resolve(socket);
  },
  connectStream,
  listenStream,
  resolve,
};

let platform: Platform | undefined;

/** The one platform of this process. */
export function nodePlatform(): Platform {
  platform ??= { clock, random: new SystemRandom(), network, memory };
  return platform;
}
