/**
 * `visavis/streams`: data channels as WHATWG streams.
 */
export {
  type ChannelStreams,
  type ChannelStreamsOptions,
  channelStreams,
  type ReceivedChunk,
  type SentChunk,
} from "./webrtc/channel-streams.ts";
