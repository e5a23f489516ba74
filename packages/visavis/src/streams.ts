/**
 * `visavis/streams`: data channels as WHATWG streams.
 */
export {
  type IncomingMessage,
  type MessagePiece,
  type MessagesOptions,
  messages,
  type SendMessageOptions,
  sendMessage,
} from "./webrtc/channel-messages.ts";
export {
  type ChannelStreams,
  type ChannelStreamsOptions,
  channelStreams,
  type ReceivedChunk,
  type SentChunk,
} from "./webrtc/channel-streams.ts";
