/**
 * Makes the receiver of one RTP stream.
 */
import { AudioReceiver } from "./audio-receiver.ts";
import type { ReceiverOptions, StreamReceiver } from "./stream-receiver.ts";
import { VideoReceiver } from "./video-receiver.ts";

/** A receiver for one stream of this kind. */
export function createReceiver(kind: "audio" | "video", options: ReceiverOptions): StreamReceiver {
  return kind === "audio" ? new AudioReceiver(options) : new VideoReceiver(options);
}
