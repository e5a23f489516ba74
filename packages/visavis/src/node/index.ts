/**
 * `visavis/node`: the platform of Node.js and the driver that runs an engine on a platform.
 */
export { Driver, type DriverDrop, type DriverOwner } from "./driver.ts";
export { useSegmentedSockets } from "./ffi-socket.ts";
export { nodePlatform } from "./platform.ts";
export { generateRsaKey } from "./rsa-key.ts";
export { canSpreadPorts } from "./spread-ports.ts";
export { createUdpMux, type UdpMux, type UdpMuxOptions } from "./udp-mux.ts";
export { untilEvent } from "./until-event.ts";
