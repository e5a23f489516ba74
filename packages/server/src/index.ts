/** `@visavis/server`: the demo server as a library. */
export { NodePeer } from "./node-peer/node-peer.ts";
export { type Command, HELP, parseCommand, type ServerOptions } from "./options.ts";
export { type RunningServer, type ServerParts, StartError, startServer } from "./server.ts";
export type { ServerPeer, ServerPeerMessage, ServerPeerSession } from "./signalling/signalling-server.ts";
