/** `@visavis/server`: the demo server as a library. */
export type { Log } from "./log.ts";
export { NodePeer, type NodePeerOptions } from "./node-peer/node-peer.ts";
export { type Command, HELP, parseCommand, type ServerOptions } from "./options.ts";
export { type RunningServer, type ServerParts, StartError, startServer } from "./server.ts";
export type { ServerPeer, ServerPeerMessage, ServerPeerSession } from "./signalling/signalling-server.ts";
