/**
 * `visavis/node`: the platform of Node.js and the driver that runs an engine on a platform.
 */
export { Driver, type DriverDrop, type DriverOwner } from "./driver.ts";
export { useSegmentedSockets } from "./ffi-socket.ts";
export { nodePlatform } from "./platform.ts";
export { generateRsaKey } from "./rsa-key.ts";
<<<<<<< HEAD
export { canSpreadPorts } from "./spread-ports.ts";
=======
export { createUdpMux, type UdpMux, type UdpMuxOptions } from "./udp-mux.ts";
>>>>>>> 638c26b (node: one UDP port for many connections)
export { untilEvent } from "./until-event.ts";
