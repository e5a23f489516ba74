/**
 * `visavis/base`: what every engine stands on, and the types of the platform that a simulation implements.
 */
export * from "./bytes.ts";
export { crc32 } from "./crc32.ts";
export { crc32c } from "./crc32c.ts";
export { Drops } from "./drops.ts";
export type { Answer, Ask, Engine, InnerEngine, NetworkEngine } from "./engine.ts";
export { assert, InternalError, unreachable } from "./errors.ts";
export { type Instant, NEVER } from "./instant.ts";
export {
  type AddressScope,
  addressScope,
  canonicalIpAddress,
  type IpAddress,
  isIpv4Mapped,
  parseIpAddress,
  printIpAddress,
} from "./ip-address.ts";
export type {
  BindOptions,
  Clock,
  ConnectOptions,
  DatagramListener,
  DatagramSocket,
  ListenOptions,
  Network,
  NetworkInterface,
  Platform,
  SegmentedSending,
  SegmentListener,
  StreamConnection,
  StreamListener,
  StreamServer,
} from "./platform.ts";
export { type Random, randomBelow, randomBytes, randomString, randomU32, randomU64 } from "./random.ts";
export { Ring } from "./ring.ts";
export { type Route, type RouteProtocol, RouteTable, type SocketId } from "./route.ts";
export * from "./serial.ts";
export { Timer, type TimerOptions, type TimerOutcome } from "./timer.ts";
export { HEADROOM, TAILROOM, Transmit } from "./transmit.ts";
