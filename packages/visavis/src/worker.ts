/**
 * `visavis/worker`: data channels in worker threads. `transferChannel` in the thread of the connection, `receiveChannel` in the worker.
 */
export type { TransferablePort } from "./node/message-pipe.ts";
export {
  type ChannelTransfer,
  receiveChannel,
  type TransferredChannel,
  transferChannel,
} from "./webrtc/channel-transfer.ts";
export * from "./webrtc/interfaces.ts";
